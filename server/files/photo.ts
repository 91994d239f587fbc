/**
 * Turns what was uploaded into a photo we keep: what it is is told by its bytes, not by its name; it is drawn anew, upright and
 * with its colours, so that neither the place it was taken at nor anything hidden in the file is kept.
 */
import sharp, { type Sharp } from 'sharp';
import { AppError } from '../errors.ts';

type MediaType = 'image/jpeg' | 'image/png' | 'image/webp';

export interface Photo {
  bytes: Buffer;
  mediaType: MediaType;
  width: number;
  height: number;
}

// One thread a photo: how many photos at a time is for `files.ts` to say.
sharp.concurrency(1);

/** A small file may claim to be huge when unpacked. Phones make up to 50 megapixels. */
const mostPixels = 50_400_000;
/** Longest edge that is kept; enough to read a meter. */
const longestEdge = 4096;
export const thumbnailEdge = 320;

/** @throws AppError unsupported_file */
export async function readPhoto(upload: Buffer): Promise<Photo> {
  const mediaType = sniff(upload);
  if (mediaType === undefined) throw new AppError('unsupported_file', 415);
  try {
    const drawn = sharp(upload, { failOn: 'error', limitInputPixels: mostPixels })
      .autoOrient()
      .resize(longestEdge, longestEdge, { fit: 'inside', withoutEnlargement: true })
      .keepIccProfile();
    const { data, info } = await encode(drawn, mediaType).toBuffer({ resolveWithObject: true });
    return { bytes: data, mediaType, width: info.width, height: info.height };
  } catch (cause) {
    const error = new AppError('unsupported_file', 415);
    error.cause = cause;
    throw error;
  }
}

/** WebP, longest edge 320 px. */
export function makeThumbnail(photo: Buffer): Promise<Buffer> {
  return sharp(photo, { limitInputPixels: mostPixels })
    .resize(thumbnailEdge, thumbnailEdge, { fit: 'inside', withoutEnlargement: true })
    .webp({ quality: 75 })
    .toBuffer();
}

function encode(image: Sharp, mediaType: MediaType): Sharp {
  switch (mediaType) {
    case 'image/jpeg':
      return image.jpeg({ quality: 85 });
    case 'image/png':
      return image.png({ compressionLevel: 7 });
    case 'image/webp':
      return image.webp({ quality: 85 });
  }
}

/** By the first bytes. HEIC is not decoded by sharp's free codecs: phones send JPEG when a page asks for it. */
function sniff(bytes: Buffer): MediaType | undefined {
  if (bytes.subarray(0, 3).equals(Buffer.from([0xff, 0xd8, 0xff]))) return 'image/jpeg';
  if (bytes.subarray(0, 8).equals(Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'))) return 'image/png';
  const isRiff = bytes.toString('latin1', 0, 4) === 'RIFF' && bytes.toString('latin1', 8, 12) === 'WEBP';
  return isRiff ? 'image/webp' : undefined;
}
