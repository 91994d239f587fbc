// Draws a photo again at a size worth sending. Drawing drops what the camera wrote into the file (place, device) too.
import { asJpegName, fitWithin, needsRedraw } from './scale.ts';

const QUALITY = 0.85;

export interface Picture {
  blob: Blob;
  name: string;
}

/** A file that the browser cannot read as a picture is sent as it is: the server has the last word on it. */
export async function shrink(file: File): Promise<Picture> {
  const bitmap = await readBitmap(file);
  if (!bitmap) return { blob: file, name: file.name };
  try {
    if (!needsRedraw(file, bitmap)) return { blob: file, name: file.name };
    const blob = await draw(bitmap);
    return blob ? { blob, name: asJpegName(file.name) } : { blob: file, name: file.name };
  } finally {
    bitmap.close();
  }
}

async function readBitmap(file: File): Promise<ImageBitmap | undefined> {
  try {
    return await createImageBitmap(file, { imageOrientation: 'from-image' });
  } catch {
    return undefined;
  }
}

function draw(bitmap: ImageBitmap): Promise<Blob | null> {
  const { width, height } = fitWithin(bitmap);
  const canvas = Object.assign(document.createElement('canvas'), { width, height });
  const context = canvas.getContext('2d');
  if (!context) return Promise.resolve(null);
  context.fillStyle = '#fff';
  context.fillRect(0, 0, width, height);
  context.drawImage(bitmap, 0, 0, width, height);
  return new Promise((resolve) => {
    canvas.toBlob(resolve, 'image/jpeg', QUALITY);
  });
}
