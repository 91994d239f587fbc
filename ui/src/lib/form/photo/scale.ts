// Sizes of pictures before they are sent. A phone's photo has 12 million pixels; a repair needs to see the leak, not the pores.
export interface Size {
  width: number;
  height: number;
}

/** The longer side of what is sent, in pixels. */
const MAX_SIDE = 2048;
/** A picture below this many bytes that is small enough is sent as it is. */
const SMALL_BYTES = 400_000;

/** The same shape with no side longer than `max`; never larger than it was. Whole pixels, at least one. */
export function fitWithin({ width, height }: Size, max: number = MAX_SIDE): Size {
  const ratio = Math.min(1, max / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * ratio)), height: Math.max(1, Math.round(height * ratio)) };
}

/** Whether drawing it again gains anything. Only what a browser may show everywhere is ever sent untouched. */
export function needsRedraw(file: { type: string; size: number }, size: Size, max: number = MAX_SIDE): boolean {
  const isCommon = file.type === 'image/jpeg' || file.type === 'image/png' || file.type === 'image/webp';
  return !isCommon || Math.max(size.width, size.height) > max || file.size > SMALL_BYTES;
}

/** `IMG_001.HEIC` → `IMG_001.jpg`. */
export function asJpegName(name: string): string {
  return `${name.replace(/\.[^.]*$/, '') || 'photo'}.jpg`;
}
