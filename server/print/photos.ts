/** Photos of a record for paper: read as the person who prints, made small enough that a case with many still goes by e-mail. */
import { buffer } from 'node:stream/consumers';
import sharp from 'sharp';
import type { Db } from '../db/as.ts';
import { getFile, openOriginal } from '../files/files.ts';
import type { FileStore } from '../files/store.ts';
import type { Log } from '../log.ts';

/** 6 cm of paper at 300 dpi. */
const longestEdge = 720;

interface Reading {
  db: Db;
  store: FileStore;
  log: Log;
  person: string;
}

/** Data URLs by id, one photo at a time; what cannot be read is left out and named in the log. */
export async function readPhotos(reading: Reading, ids: readonly string[]): Promise<Map<string, string>> {
  const photos = new Map<string, string>();
  for (const id of ids) {
    const photo = await readPhoto(reading, id).catch((err: unknown) => {
      reading.log.warn({ err, file: id }, 'a photo was not printed');
    });
    if (photo !== undefined) photos.set(id, photo);
  }
  return photos;
}

/** On white: a signature is a drawing without a ground. */
async function readPhoto({ db, store, person }: Reading, id: string): Promise<string> {
  const { stream } = await openOriginal(store, await getFile(db, person, id));
  const jpeg = await sharp(await buffer(stream))
    .resize(longestEdge, longestEdge, { fit: 'inside', withoutEnlargement: true })
    .flatten({ background: '#ffffff' })
    .jpeg({ quality: 78 })
    .toBuffer();
  return `data:image/jpeg;base64,${jpeg.toString('base64')}`;
}
