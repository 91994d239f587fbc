import { expect, it } from 'vitest';
import { AppError } from './errors.ts';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLog, toFile } from './log.ts';

function capture(level: Parameters<typeof createLog>[0] = 'info') {
  const lines: string[] = [];
  const log = createLog(level, (line) => lines.push(line));
  return { log, read: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>), lines };
}

it('writes one JSON line with fields', () => {
  const { log, read, lines } = capture();

  log.info({ caseId: 'c1', n: 3n }, 'case started');

  expect(lines[0]).toMatch(/\n$/);
  expect(read()[0]).toMatchObject({ level: 'info', caseId: 'c1', n: '3', msg: 'case started' });
});

it('is silent below its level', () => {
  const { log, read } = capture('warn');

  log.info('unheard');
  log.warn('heard');
  log.silent('never');

  expect(read().map(({ msg }) => msg)).toEqual(['heard']);
});

it('keeps personal data and secrets out, however deep', () => {
  const { log, lines } = capture();
  const url = '/api/people?q=13800001111';

  log.error({ patch: { phone: '13800001111' }, person: { phone: '13800001111', deep: { name: '林晓梅' } } }, 'x');
  log.error({ req: { id: 'r1', method: 'GET', url, headers: { cookie: 'sid=1' } }, res: { statusCode: 500 } }, 'y');

  expect(lines.join()).not.toMatch(/13800001111|林晓梅|sid=1/);
  expect(lines[1]).toContain('"path":"/api/people"');
  expect(lines[1]).toContain('"statusCode":500');
});

it('keeps of a database error what names the place, not the row', () => {
  const { log, lines } = capture();
  const err = Object.assign(new Error('duplicate key'), {
    code: '23505',
    table: 'person',
    detail: 'Key (phone)=(138)',
  });

  log.error({ err }, 'insert failed');
  log.error(new AppError('task_closed', 409, { phone: '138' }));

  expect(lines[0]).toContain('23505');
  expect(lines[0]).toContain('"table":"person"');
  expect(lines.join()).not.toContain('138');
});

it('adds the fields of a child to every line and survives circles', () => {
  const { log, read } = capture();
  const circle: Record<string, unknown> = {};
  circle.self = circle;

  log.child({ reqId: 'r9' }).info({ circle }, 'answered');

  expect(read()[0]).toMatchObject({ reqId: 'r9', msg: 'answered' });
});

it('leaves out of a database error the value it could not read', () => {
  const { log, lines } = capture();
  const err = Object.assign(new Error('invalid input syntax for type date: "13800001111"'), { code: '22007' });

  log.error({ err }, 'query failed');

  expect(lines.join()).not.toContain('13800001111');
  expect(lines.join()).toContain('22007');
});

it('keeps its file for its owner alone, also one that was open to others', () => {
  const folder = mkdtempSync(join(tmpdir(), 'guanjia-log-'));
  const [fresh, old] = [join(folder, 'logs', 'guanjia.log'), join(folder, 'old.log')];
  writeFileSync(old, 'before\n', { mode: 0o644 });
  toFile(fresh)('line\n');
  toFile(old)('line\n');

  expect([fresh, old].map((path) => statSync(path).mode & 0o777)).toEqual([0o600, 0o600]);
  rmSync(folder, { recursive: true });
});
