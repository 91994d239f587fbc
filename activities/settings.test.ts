import { describe, expect, it } from 'vitest';
import { noConnectors, readConnectors } from './settings.ts';

function read(content: unknown) {
  const problems: string[] = [];
  return { ...readConnectors(typeof content === 'string' ? content : JSON.stringify(content), problems), problems };
}
const hosts = ['https://erp.example.com', 'http://10.example.com:8080', 'https://*.example.net'];

describe('what connectors may reach', () => {
  it('is read', () => {
    const { problems, secrets, robots, ...rest } = read({
      hosts,
      secrets: { erp: { value: 's3cret', hosts: ['https://erp.example.com'] } },
      robots: {
        desk: { kind: 'dingtalk', url: 'https://oapi.dingtalk.com/robot/send?access_token=t', secret: 'SEC1' },
      },
    });

    expect(problems).toEqual([]);
    expect(rest.hosts).toEqual(hosts);
    expect(secrets.get('erp')).toEqual({ value: 's3cret', hosts: ['https://erp.example.com'] });
    expect(robots.get('desk')).toMatchObject({ kind: 'dingtalk', secret: 'SEC1' });
  });

  it('may be nothing', () => {
    expect(read({})).toEqual({ ...noConnectors, problems: [] });
  });

  it.each<[unknown, RegExp]>([
    ['{"hosts": [s3cret', /not JSON/],
    [{ hosts: ['erp.example.com'] }, /wrong at \/hosts\/0 \(pattern\)/],
    [{ hosts: ['https://erp.example.com/path'] }, /\/hosts\/0/],
    [{ hosts, secrets: { 'Not a name': { value: 's3cret', hosts } } }, /\/secrets/],
    [{ hosts, secrets: { erp: { value: 's3cret' } } }, /\/secrets\/erp/],
    [{ hosts, secrets: { erp: { value: 's3cret\r\nx: y', hosts } } }, /\/secrets\/erp\/value/],
    [
      { hosts, secrets: { erp: { value: 's3cret', hosts: ['https://other.example.com'] } } },
      /secret erp may go to a host/,
    ],
    [{ robots: { desk: { kind: 'icq', url: 'https://x?key=s3cret' } } }, /\/robots\/desk\/kind/],
    [{ robot: {} }, /additionalProperties|unevaluated|\//],
  ])('%j is refused in a sentence that holds no value', (content, sentence) => {
    const { problems } = read(content);

    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(sentence);
    expect(problems[0]).not.toContain('s3cret');
  });
});
