import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { AppError } from './errors.ts';
import texts from './problem-texts.json' with { type: 'json' };
import { describeProblem } from './problems.ts';

const root = join(import.meta.dirname, '..');
const byCode: Partial<Record<string, { 'zh-CN': string; en: string }>> = texts;

/** Codes by the file that gives them: errors of the server, and the engine's refusals, which become problems with their own code. */
function givenCodes(): Map<string, string> {
  const errors = find(/new AppError\(\s*'(\w+)'/g, 'server/**/*.ts', 'activities/**/*.ts', 'forms/**/*.ts');
  const refusals = find(/\brefusal(?:\(|: \{ code: )'(\w+)'/g, 'workflows/**/*.ts');
  const plain = find(/\{ code: '(\w+)', params/g, 'workflows/engine/*.ts');
  return new Map([...errors, ...refusals, ...plain]);
}

function find(pattern: RegExp, ...globs: string[]): [string, string][] {
  const files = globSync(globs, { cwd: root }).filter((file) => !file.endsWith('.test.ts'));
  return files.flatMap((file) => {
    const source = readFileSync(join(root, file), 'utf8');
    return [...source.matchAll(pattern)].map(([, code = '']): [string, string] => [code, file]);
  });
}

describe('problem texts', () => {
  const thrown = givenCodes();

  it('finds the codes it is about', () => {
    expect([...thrown.keys()]).toEqual(
      expect.arrayContaining(['not_found', 'unsupported_file', 'unknown_outcome', 'engine_error']),
    );
  });

  it('exist in both languages for every code that is given', () => {
    const without = [...thrown].filter(([code]) => !byCode[code]?.['zh-CN'] || !byCode[code].en);

    expect(without).toEqual([]);
  });

  it('exist for nothing else', () => {
    expect(Object.keys(byCode).filter((code) => !thrown.has(code))).toEqual([]);
  });

  it('use the same values in both languages', () => {
    const values = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name).sort();

    for (const [code, text] of Object.entries(texts)) expect(values(text.en), code).toEqual(values(text['zh-CN']));
  });
});

describe('a problem document', () => {
  it('says what happened in the language asked for, with its values', () => {
    const error = new AppError('rate_limited', 429, { retryAfterSeconds: 12 });

    expect(describeProblem(error, 'en')).toEqual({
      type: 'urn:guanjia:problem:rate_limited',
      title: 'Too many attempts; try again in 12 seconds',
      status: 429,
      code: 'rate_limited',
      params: { retryAfterSeconds: 12 },
    });
    expect(describeProblem(error, 'zh-CN').title).toContain('12 秒');
  });

  it('names the bad fields', () => {
    const errors = [{ path: '/fields/phone', code: 'required' }];

    expect(describeProblem(new AppError('invalid_fields', 422, {}, errors), 'en')).toMatchObject({ errors });
  });
});

it('tells what a flow is refused for in a sentence with its values, in the reader’s language', () => {
  const finding = { path: '/steps/a/to', code: 'unknown_step', params: { step: 'nowhere' } };
  const error = new AppError('invalid_flow', 422, {}, [finding, { path: '/x', code: 'required' }]);

  expect(describeProblem(error, 'en').errors).toEqual([
    { ...finding, title: 'There is no step “nowhere”' },
    { path: '/x', code: 'required' },
  ]);
  expect(describeProblem(error, 'zh-CN').errors?.[0]?.title).toBe('没有「nowhere」这一步');
});
