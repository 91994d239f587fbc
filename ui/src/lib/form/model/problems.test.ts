import { describe, expect, it } from 'vitest';
import { fieldOf, fromServer, problemAt, strayProblems } from './problems.ts';

describe('problems by place', () => {
  it('turns pointers into the body into pointers into the record', () => {
    expect(
      fromServer([
        { path: '/fields/photos/2', code: 'format' },
        { path: '/version', code: 'required' },
      ]).map(({ path }) => path),
    ).toEqual(['/photos/2', '/version']);
  });

  it('unescapes the name of a field', () => {
    expect(fieldOf('/a~1b~0c/0')).toBe('a/b~c');
  });

  it('shows a field’s own problem before one below it, and never another field’s', () => {
    const problems = [
      { path: '/lines/0/name', code: 'required' },
      { path: '/lines', code: 'too_many' },
      { path: '/linesToo', code: 'required' },
    ];

    expect(problemAt(problems, '/lines')?.code).toBe('too_many');
    expect(problemAt(problems.slice(2), '/lines')).toBeUndefined();
    expect(problemAt(problems, '/lines/0/name')?.code).toBe('required');
  });

  it('keeps what belongs to no field on screen', () => {
    expect(
      strayProblems(
        [
          { path: '', code: 'x' },
          { path: '/a', code: 'y' },
        ],
        ['a'],
      ),
    ).toEqual([{ path: '', code: 'x' }]);
  });
});
