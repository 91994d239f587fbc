import { describe, expect, it } from 'vitest';
import { readOutbound, type OutboundName } from './settings.ts';

function read(given: Partial<Record<OutboundName, string>>) {
  const problems: string[] = [];
  const settings = readOutbound(
    (name) => given[name] ?? (name === 'GUANJIA_SMS_ENDPOINT' ? 'https://dysmsapi.aliyuncs.com' : undefined),
    problems,
  );
  return { ...settings, problems };
}
const mail = {
  GUANJIA_SMTP_URL: 'smtps://bot:secret@smtp.example.com:465',
  GUANJIA_MAIL_FROM: '管家 <no-reply@example.com>',
};
const sms = {
  GUANJIA_SMS_KEY_ID: 'k',
  GUANJIA_SMS_SECRET: 's3cret',
  GUANJIA_SMS_SIGN: '翡翠花园',
  GUANJIA_SMS_TEMPLATES: 'urge=SMS_1, urge.en=SMS_2',
};

describe('settings of what leaves the house', () => {
  it('may all be absent', () => {
    expect(read({})).toEqual({ mail: null, sms: null, problems: [] });
  });

  it('are read', () => {
    const {
      mail: m,
      sms: s,
      problems,
    } = read({ ...mail, ...sms, GUANJIA_MAIL_DKIM: 'example.com:s1:/run/secrets/dkim.pem' });

    expect(problems).toEqual([]);
    expect(m?.dkim).toEqual({ domain: 'example.com', selector: 's1', keyFile: '/run/secrets/dkim.pem' });
    expect(s?.templates).toEqual(
      new Map([
        ['urge', 'SMS_1'],
        ['urge.en', 'SMS_2'],
      ]),
    );
  });

  it.each([
    [{ GUANJIA_SMTP_URL: mail.GUANJIA_SMTP_URL }, /go together/],
    [{ ...mail, GUANJIA_SMTP_URL: 'https://bot:secret@example.com' }, /GUANJIA_SMTP_URL is not/],
    [{ ...mail, GUANJIA_MAIL_FROM: 'nobody' }, /GUANJIA_MAIL_FROM is not/],
    [{ ...mail, GUANJIA_MAIL_DKIM: 'example.com' }, /GUANJIA_MAIL_DKIM is not/],
    [{ GUANJIA_SMS_KEY_ID: 'k' }, /go together/],
    [{ ...sms, GUANJIA_SMS_ENDPOINT: 'ftp://example.com' }, /GUANJIA_SMS_ENDPOINT is not/],
    [{ ...sms, GUANJIA_SMS_TEMPLATES: 'urge' }, /GUANJIA_SMS_TEMPLATES is not/],
  ])('%o are refused in a sentence that holds no secret', (given, sentence) => {
    const { problems } = read(given);

    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(sentence);
    expect(problems[0]).not.toMatch(/secret|s3cret/);
  });
});
