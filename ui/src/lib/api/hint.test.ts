import { describe, expect, it } from 'vitest';
import { readHint, touchesCase, touchesNotifications, touchesTasks } from './hint.ts';

describe('readHint', () => {
  it('reads a hint and fills what it leaves out', () => {
    expect(readHint('{"kind":"task","caseId":"c1","taskId":"c1-2"}')).toEqual({
      kind: 'task',
      caseId: 'c1',
      taskId: 'c1-2',
    });
    expect(readHint('{"kind":"resync"}')).toEqual({ kind: 'resync', caseId: null, taskId: null });
  });

  it.each(['', 'beat', '[]', 'null', '{"kind":"weather"}', '{"kind":7}'])('ignores %j', (data) => {
    expect(readHint(data)).toBeUndefined();
  });
});

describe('whom a hint concerns', () => {
  const hint = { kind: 'task', caseId: 'c1', taskId: 'c1-2' } as const;
  const resync = { kind: 'resync', caseId: null, taskId: null } as const;

  it('a case: its own hints and every gap', () => {
    expect(touchesCase(hint, 'c1')).toBe(true);
    expect(touchesCase(hint, 'c2')).toBe(false);
    expect(touchesCase(resync, 'c2')).toBe(true);
  });

  it('lists and the bell', () => {
    expect(touchesTasks(hint)).toBe(true);
    expect(touchesNotifications(hint)).toBe(false);
    expect(touchesTasks({ ...hint, kind: 'notification' })).toBe(false);
    expect(touchesTasks({ ...hint, kind: 'watch' })).toBe(false);
    expect([touchesTasks(resync), touchesNotifications(resync)]).toEqual([true, true]);
  });
});
