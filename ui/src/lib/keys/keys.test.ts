import { describe, expect, it } from 'vitest';
import { readPress } from './keys.ts';

const press = (key: string, more: { ctrl?: boolean; typing?: boolean } = {}) => ({
  key,
  ctrl: false,
  typing: false,
  ...more,
});

describe('readPress', () => {
  it('reads single letters whatever their case', () => {
    expect(readPress(press('j'), undefined).combo).toBe('j');
    expect(readPress(press('J'), undefined).combo).toBe('j');
    expect(readPress(press('?'), undefined).combo).toBe('?');
    expect(readPress(press('ArrowDown'), undefined).combo).toBe('ArrowDown');
  });

  it('is silent while typing, but for Ctrl+Enter and Esc', () => {
    expect(readPress(press('a', { typing: true }), undefined).combo).toBeUndefined();
    expect(readPress(press('Enter', { ctrl: true, typing: true }), undefined).combo).toBe('Mod+Enter');
    expect(readPress(press('Escape', { typing: true }), undefined).combo).toBe('Escape');
  });

  it('leaves the browser its own combinations', () => {
    expect(readPress(press('a', { ctrl: true }), undefined).combo).toBeUndefined();
  });

  it('reads G and a letter as one', () => {
    const start = readPress(press('g'), undefined);
    expect(start).toEqual({ combo: undefined, pending: 'g' });
    expect(readPress(press('i'), start.pending)).toEqual({ combo: 'g i', pending: undefined });
  });

  it('keeps only named keys when single letters are switched off', () => {
    expect(readPress(press('a'), undefined, false).combo).toBeUndefined();
    expect(readPress(press('g'), undefined, false).pending).toBeUndefined();
    expect(readPress(press('ArrowDown'), undefined, false).combo).toBe('ArrowDown');
  });
});
