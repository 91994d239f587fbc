// Problems by place: the server's pointers go into the body (`/fields/photos`), ours into the record (`/photos`).
import type { FieldProblem } from './types.ts';

/** Pointers of the server's answer as pointers into the record. */
export function fromServer(problems: readonly FieldProblem[]): FieldProblem[] {
  return problems.map((problem) => ({ ...problem, path: problem.path.replace(/^\/(fields|record)(?=\/)/, '') }));
}

/** The field a problem belongs to, unescaped. */
export function fieldOf(path: string): string {
  return (path.split('/')[1] ?? '').replaceAll('~1', '/').replaceAll('~0', '~');
}

/** The problem to show at a place: its own first, else the first below it. */
export function problemAt(problems: readonly FieldProblem[], path: string): FieldProblem | undefined {
  return (
    problems.find((problem) => problem.path === path) ?? problems.find((problem) => problem.path.startsWith(`${path}/`))
  );
}

/** Problems that belong to no field on screen; shown above the form, so that none is lost. */
export function strayProblems(problems: readonly FieldProblem[], names: readonly string[]): FieldProblem[] {
  return problems.filter((problem) => !names.includes(fieldOf(problem.path)));
}
