import { describe, expect, it } from 'vitest';
import { asJpegName, fitWithin, needsRedraw } from './scale.ts';

describe('fitWithin', () => {
  it('brings the longer side down and keeps the shape', () => {
    expect(fitWithin({ width: 4032, height: 3024 })).toEqual({ width: 2048, height: 1536 });
    expect(fitWithin({ width: 3024, height: 4032 })).toEqual({ width: 1536, height: 2048 });
  });

  it('never enlarges, and never reaches zero', () => {
    expect(fitWithin({ width: 640, height: 480 })).toEqual({ width: 640, height: 480 });
    expect(fitWithin({ width: 100_000, height: 3 })).toEqual({ width: 2048, height: 1 });
  });
});

describe('needsRedraw', () => {
  const small = { width: 800, height: 600 };

  it('sends a small common picture as it is', () => {
    expect(needsRedraw({ type: 'image/jpeg', size: 90_000 }, small)).toBe(false);
  });

  it('redraws what is large, heavy, or of a kind not every browser shows', () => {
    expect(needsRedraw({ type: 'image/jpeg', size: 90_000 }, { width: 4000, height: 100 })).toBe(true);
    expect(needsRedraw({ type: 'image/png', size: 5_000_000 }, small)).toBe(true);
    expect(needsRedraw({ type: 'image/heic', size: 90_000 }, small)).toBe(true);
  });
});

it('names what it drew', () => {
  expect([asJpegName('IMG_001.HEIC'), asJpegName('.png'), asJpegName('photo')]).toEqual([
    'IMG_001.jpg',
    'photo.jpg',
    'photo.jpg',
  ]);
});
