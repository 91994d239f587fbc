import { describe, expect, it } from 'vitest';
import { Drafts, keyFor } from './draft.ts';
import { aShelf } from './testing-shelf.ts';

const DAY_MS = 86_400_000;

describe('Drafts', () => {
  it('gives back what was filled, with its names and its key', () => {
    const drafts = new Drafts(aShelf(), () => 0);
    drafts.write('p.start.repair', {
      values: { place: '主卫' },
      labels: { u1: '1201' },
      version: 2,
      key: 'k',
      sent: '{}',
    });

    expect(drafts.read('p.start.repair')).toEqual({
      values: { place: '主卫' },
      labels: { u1: '1201' },
      version: 2,
      key: 'k',
      sent: '{}',
      savedAt: '1970-01-01T00:00:00.000Z',
    });
    expect(drafts.read('q.start.repair')).toBeUndefined();
  });

  it('forgets after a month, and when told', () => {
    let now = 0;
    const drafts = new Drafts(aShelf(), () => now);
    drafts.write('a', { values: {}, labels: {}, version: 1 });
    drafts.write('b', { values: {}, labels: {}, version: 1 });
    drafts.drop('b');

    now = 29 * DAY_MS;
    expect([drafts.read('a') !== undefined, drafts.read('b')]).toEqual([true, undefined]);
    now = 31 * DAY_MS;
    expect(drafts.read('a')).toBeUndefined();
  });

  it('says when the device has no room', () => {
    const shelf = aShelf();
    shelf.full = true;

    expect(new Drafts(shelf).write('a', { values: {}, labels: {}, version: 1 })).toBe(false);
  });

  it('takes what it cannot read for no draft', () => {
    const shelf = aShelf();
    shelf.setItem('draft.a', '{"values":');
    shelf.setItem('draft.b', '{"values":{}}');

    expect([new Drafts(shelf).read('a'), new Drafts(shelf).read('b')]).toEqual([undefined, undefined]);
  });
});

describe('keyFor', () => {
  it('keeps the key for the very same content, and takes another for other content', () => {
    expect(keyFor({ key: 'old', sent: '{"a":1}' }, '{"a":1}', () => 'new')).toBe('old');
    expect(keyFor({ key: 'old', sent: '{"a":1}' }, '{"a":2}', () => 'new')).toBe('new');
    expect(keyFor(undefined, '{}', () => 'new')).toBe('new');
  });
});
