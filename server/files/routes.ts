/** Photos in and out. What a photo is and how it is cleaned is in photo.ts, where its bytes are in store.ts. */
import multipart from '@fastify/multipart';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type, type Static } from 'typebox';
import { AppError } from '../errors.ts';
import { problems, type App } from '../http.ts';
import { Uuid } from '../schema.ts';
import { aMinute } from '../security/rates.ts';
import { assertMayUpload, getFile, keepPhoto, openOriginal, openThumbnail, type FileRow } from './files.ts';
import { openStore } from './open-store.ts';
import { FileInfo } from './schemas.ts';
import type { FileStore } from './store.ts';

const tags = ['Files'];
const photoLimitBytes = 15_000_000;

const uploadSchema = {
  tags,
  summary: 'Upload a photo',
  description: 'One file part: JPEG, PNG or WebP up to 15 MB. Kept without the place it was taken at.',
  consumes: ['multipart/form-data'],
  response: { 201: FileInfo, ...problems(401, 403, 413, 415, 422, 429) },
};
const downloadSchema = {
  tags,
  summary: 'A photo, or its thumbnail',
  params: Type.Object({ id: Uuid }),
  querystring: Type.Object({ size: Type.Optional(Type.Enum(['thumb'])) }, { additionalProperties: false }),
  response: { 200: Type.Unknown({ description: 'The bytes of the photo.' }), ...problems(401, 404, 422) },
};

/** Only here multipart bodies are understood: everywhere else they are 415. */
export async function fileRoutes(app: App): Promise<void> {
  const store = openStore(app.deps.config);
  await app.register(async (scope) => {
    await scope.register(multipart, {
      limits: { fileSize: photoLimitBytes, files: 1, fields: 4, parts: 5, fieldSize: 1000, headerPairs: 20 },
    });
    uploads(scope, store);
  });
  app.get('/api/files/:id', { schema: downloadSchema }, async (request, reply) => {
    const row = await getFile(app.deps.db, request.person.id, request.params.id);
    return request.query.size === 'thumb' ? sendThumbnail(reply, store, row) : sendOriginal(reply, store, row);
  });
}

function uploads(app: App, store: FileStore): void {
  app.post('/api/files', { schema: uploadSchema, config: { rateLimit: aMinute(300) } }, async (request, reply) => {
    await assertMayUpload(app.deps.db, request.person.id, app.deps.config.uploadMegabytesADay * 1_000_000);
    const upload = await readUpload(request);
    const row = await keepPhoto({ db: app.deps.db, store }, request.person.id, upload);
    return reply.code(201).send(toFileInfo(row));
  });
}

async function readUpload(request: FastifyRequest): Promise<{ name: string; bytes: Buffer }> {
  if (!request.isMultipart()) throw new AppError('unsupported_media_type', 415);
  const part = await request.file().catch((cause: unknown) => refuseUpload(cause));
  if (part === undefined) throw new AppError('invalid_request', 422, {}, [{ path: '/file', code: 'required' }]);
  const bytes = await part.toBuffer().catch((cause: unknown) => refuseUpload(cause));
  return { name: part.filename, bytes };
}

/** @throws AppError too_large, invalid_request */
function refuseUpload(cause: unknown): never {
  const { statusCode } = cause as { statusCode?: number };
  if (statusCode === 413) throw new AppError('too_large', 413, { limitBytes: photoLimitBytes });
  const error = new AppError('invalid_request', 422, {}, [{ path: '/file', code: 'invalid' }]);
  error.cause = cause;
  throw error;
}

async function sendOriginal(reply: FastifyReply, store: FileStore, row: FileRow): Promise<FastifyReply> {
  const { bytes, stream } = await openOriginal(store, row);
  return withHeaders(reply, row).type(row.media_type).header('content-length', bytes).send(stream);
}

async function sendThumbnail(reply: FastifyReply, store: FileStore, row: FileRow): Promise<FastifyReply> {
  const { bytes, stream } = await openThumbnail(store, row);
  return withHeaders(reply, row).type('image/webp').header('content-length', bytes).send(stream);
}

/** The bytes of an id never change; only this person's browser may keep them. */
function withHeaders(reply: FastifyReply, { name }: FileRow): FastifyReply {
  return reply
    .header('cache-control', 'private, max-age=31536000, immutable')
    .header('content-disposition', `inline; filename*=UTF-8''${encodeURIComponent(name).replaceAll("'", '%27')}`)
    .header('content-security-policy', "default-src 'none'; sandbox");
}

function toFileInfo(row: FileRow): Static<typeof FileInfo> {
  const { id, name, media_type: mediaType, bytes, width, height } = row;
  return { id, name, mediaType, bytes, width, height };
}
