/** Rows of `file`, as the asking person: row security says whose files these are and which records show them. */
import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { sql, type Selectable } from 'kysely';
import { asPerson, type Db } from '../db/as.ts';
import type { FileTable } from '../db/tables/things.ts';
import { AppError } from '../errors.ts';
import { Turns } from '../security/turns.ts';
import { makeThumbnail, readPhoto, thumbnailEdge } from './photo.ts';
import type { FileStore, StoredFile } from './store.ts';

export type FileRow = Selectable<FileTable>;

/** Drawing takes a core for a second: both cores at most, and a person's photos one after the other when others wait too. */
const drawing = new Turns({ atOnce: 2, mostWaiting: 3 });

/**
 * Before the bytes of an upload are read.
 * @throws AppError rate_limited; upload_quota when the person has kept so many bytes within a day
 */
export async function assertMayUpload(db: Db, personId: string, quotaBytes: number): Promise<void> {
  drawing.assertRoom(personId);
  const { rows } = await asPerson(db, personId, (tx) =>
    sql<{ bytes: number }>`select coalesce(sum(bytes), 0)::bigint as bytes from file
      where created_by = ${personId} and created_at > now() - interval '1 day'`.execute(tx),
  );
  if ((rows[0]?.bytes ?? 0) < quotaBytes) return;
  throw new AppError('upload_quota', 429, { limitMegabytes: quotaBytes / 1_000_000, retryAfterSeconds: 3600 });
}

/** Bytes first, row after: a row never points at nothing. @throws AppError unsupported_file, rate_limited */
export async function keepPhoto(
  { db, store }: { db: Db; store: FileStore },
  personId: string,
  upload: { name: string; bytes: Buffer },
): Promise<FileRow> {
  const photo = await drawing.run(personId, () => readPhoto(upload.bytes));
  const sha256 = createHash('sha256').update(photo.bytes).digest('hex');
  await store.write(sha256, photo.bytes);
  const { mediaType, width, height, bytes } = photo;
  const row = { sha256, media_type: mediaType, bytes: bytes.length, width, height, name: cleanName(upload.name) };
  return asPerson(db, personId, (tx) =>
    tx
      .insertInto('file')
      .values({ ...row, created_by: personId })
      .returningAll()
      .executeTakeFirstOrThrow(),
  );
}

/** @throws AppError not_found, also for what the person may not see */
export async function getFile(db: Db, personId: string, fileId: string): Promise<FileRow> {
  const row = await asPerson(db, personId, (tx) =>
    tx.selectFrom('file').selectAll().where('id', '=', fileId).executeTakeFirst(),
  );
  if (row === undefined) throw new AppError('not_found', 404);
  return row;
}

export async function openOriginal(store: FileStore, { sha256 }: FileRow): Promise<StoredFile> {
  const stored = await store.read(sha256);
  if (stored === undefined) throw new Error(`the bytes of ${sha256} are missing`);
  return stored;
}

const thumbnails = new Turns({ atOnce: 1 });

/** Made when it is first asked for, then kept. */
export async function openThumbnail(store: FileStore, row: FileRow): Promise<StoredFile> {
  const key = `${row.sha256}.${thumbnailEdge}`;
  const there = await store.read(key);
  if (there !== undefined) return there;
  const original = await openOriginal(store, row);
  // All who look at a list wait for its thumbnails together: a line of their own, with no limit.
  await store.write(key, await thumbnails.run(row.sha256, async () => makeThumbnail(await buffer(original.stream))));
  const made = await store.read(key);
  if (made === undefined) throw new Error(`the thumbnail of ${row.sha256} did not stay`);
  return made;
}

/** The last part of a path, without what breaks a header, a screen or a file system. */
function cleanName(name: string): string {
  // Browsers write these three so within a multipart header.
  const last =
    name
      .replaceAll(/%(22|0a|0d)/gi, '')
      .split(/[/\\]/)
      .at(-1) ?? '';
  const clean = last
    .normalize('NFC')
    .replaceAll(/[\p{C}"<>|:*?]/gu, '')
    .trim();
  return clean.slice(0, 120) || 'photo';
}
