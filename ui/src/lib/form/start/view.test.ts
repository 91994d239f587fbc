import { expect, it } from 'vitest';
import { ApiProblem } from '#lib/api/problem.ts';
import { startView } from './view.ts';

const nothing = { sent: undefined, start: undefined, loadFault: undefined };
const form = { flow: 'repair' };

it.each([
  ['nothing has come yet', nothing, 'loading'],
  ['the form is there', { ...nothing, start: form }, 'form'],
  ['it was sent', { ...nothing, start: form, sent: {} }, 'sent'],
  ['no answer came', { ...nothing, loadFault: new ApiProblem(0, {}) }, 'offline'],
  ['the server is away for a moment', { ...nothing, loadFault: new ApiProblem(503, {}) }, 'offline'],
  ['there is no such flow', { ...nothing, loadFault: new ApiProblem(404, {}) }, 'gone'],
  ['it is refused', { ...nothing, loadFault: new ApiProblem(403, {}) }, 'failed'],
  ['something broke', { ...nothing, loadFault: new TypeError('x') }, 'failed'],
])('when %s', (_when, known, expected) => {
  expect(startView(known)).toBe(expected);
});

it('keeps a form that was read once, whatever fails later', () => {
  expect(startView({ ...nothing, start: form, loadFault: new ApiProblem(0, {}) })).toBe('form');
});
