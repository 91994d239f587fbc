import { describe, expect, it } from 'vitest';
import type { Notification, NotificationKind } from '#lib/api/types.gen.ts';
import { locales } from '#lib/paraglide/runtime.js';
import en from '../../../messages/en.json' with { type: 'json' };
import zh from '../../../messages/zh-CN.json' with { type: 'json' };
import { isUnread, noticeAbout, noticeLook, noticeLooks, noticeTarget, noticeText } from './notice.ts';

const kinds = Object.keys(noticeLooks) as NotificationKind[];

function aNotice(given: Partial<Notification> = {}): Notification {
  return {
    id: 'n1',
    kind: 'task_opened',
    text: null,
    params: { title: '3-2-1201', number: 'WX-2026-000007' },
    by: { id: 'he', name: '何雪' },
    holder: { id: 'chen', name: '陈志强' },
    flow: { 'zh-CN': '报修', en: 'Repair' },
    step: { 'zh-CN': '维修处理', en: 'Do the repair' },
    caseId: 'c1',
    taskId: 'c1-7',
    createdAt: '2026-11-01T00:00:00Z',
    readAt: null,
    ended: false,
    ...given,
  };
}

describe('what a notification says', () => {
  it.each(kinds)('has words of its own in both languages: %s', (kind) => {
    const values = { step: 'STEP', flow: 'FLOW', by: 'BY' };
    const said = locales.map((locale) => {
      const text = noticeLooks[kind].text as (values: object, options: object) => string;
      return text(values, { locale });
    });

    expect(said[0]).toMatch(/\p{Script=Han}/u);
    expect(said[1]).toMatch(/[a-z]{3}/);
    for (const text of said) expect(text).toMatch(/STEP|FLOW|BY/);
  });

  it('says each kind differently', () => {
    const said = kinds.map((kind) => noticeText(aNotice({ kind })));

    expect(new Set(said).size).toBe(kinds.length);
    expect(new Set(kinds.map((kind) => noticeLooks[kind].icon)).size).toBe(kinds.length);
  });

  it('has the same notice texts in both languages', () => {
    const keysOf = (texts: object): string[] => Object.keys(texts).filter((key) => key.startsWith('notice_'));

    expect(keysOf(en).sort()).toEqual(keysOf(zh).sort());
  });

  it.each(kinds)('names case, place and person: %s', (kind) => {
    const notice = aNotice({ kind });
    const whole = [noticeText(notice), ...noticeAbout(notice, 'me')].join(' ');

    expect(whole).toContain('WX-2026-000007');
    expect(whole).toContain('3-2-1201');
    expect(whole).toContain('何雪');
  });

  it('does not tell people of themselves, nor the same thing twice', () => {
    expect(noticeAbout(aNotice({ by: null }), 'chen')).toEqual(['3-2-1201', 'WX-2026-000007']);
    expect(noticeAbout(aNotice({ kind: 'urge' }), 'chen')).toEqual(['3-2-1201', 'WX-2026-000007']);
    expect(noticeAbout(aNotice({ params: { title: 'WX-1', number: 'WX-1' }, by: null, holder: null }), 'me')).toEqual([
      'WX-1',
    ]);
  });

  it('still says something of a case that may no longer be seen, and of a key that a flow brought', () => {
    const bare = aNotice({ kind: 'water_off', params: {}, by: null, holder: null, flow: null, step: null });

    expect(noticeText({ ...bare, text: { 'zh-CN': '停水通知', en: 'Water off' } })).toBe('停水通知');
    expect(noticeText(bare)).not.toBe('');
    expect(noticeLook(bare)).toBe(noticeLook({ ...bare, kind: 'toString' }));
  });
});

describe('where a notification leads', () => {
  it('to the task where there is something to do', () => {
    expect(noticeTarget(aNotice({ kind: 'urge' }), 'staff')).toBe('/inbox?view=mine&task=c1-7');
    expect(noticeTarget(aNotice({ kind: 'task_opened' }), 'portal')).toBe('/portal/tasks/c1-7');
  });

  it("to the case where somebody else's task is meant, or none", () => {
    expect(noticeTarget(aNotice({ kind: 'escalation' }), 'staff')).toBe('/cases/c1');
    expect(noticeTarget(aNotice({ kind: 'case_completed', taskId: null }), 'portal')).toBe('/portal/cases/c1');
    expect(noticeTarget(aNotice({ kind: 'comment', taskId: null, caseId: null }), 'staff')).toBeUndefined();
  });
});

it('asks for nothing more once its task is over', () => {
  const over = aNotice({ ended: true });

  expect([isUnread(aNotice()), isUnread(over)]).toEqual([true, false]);
  expect(noticeTarget(over, 'staff')).toBe('/cases/c1');
});
