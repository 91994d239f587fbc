/**
 * Every failure becomes one RFC 9457 problem document, in the reader's language. What nobody foresaw is told as `server_error`
 * with the request's id and nothing else; its cause goes to the log.
 */
import type { FastifyError, FastifyReply, FastifyRequest, FastifySchemaValidationError } from 'fastify';
import type { Static } from 'typebox';
import type { Locale } from './config.ts';
import { AppError, type FieldError } from './errors.ts';
import type { App } from './http.ts';
import { acceptedLocale } from './language.ts';
import bpmnTexts from './definitions/bpmn-texts.json' with { type: 'json' };
import calendarTexts from './definitions/calendar-texts.json' with { type: 'json' };
import checkTexts from './definitions/check-texts.json' with { type: 'json' };
import texts from './problem-texts.json' with { type: 'json' };
import type { Problem } from './schema.ts';
import { toFieldErrors } from './security/field-errors.ts';

type ProblemDocument = Static<typeof Problem>;

/** Registers the handler of errors; unknown addresses are static.ts's. */
export function answerProblems(app: App): void {
  app.setErrorHandler(answerProblem);
}

/** Also for what fails before a route is found (`frameworkErrors`). */
export function answerProblem(error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const known = toAppError(error, request);
  if (known.status >= 500) request.log.error({ err: error, requestId: request.id }, 'request failed');
  return sendProblem(request, reply, known);
}

export function sendProblem(request: FastifyRequest, reply: FastifyReply, error: AppError): FastifyReply {
  const { retryAfterSeconds } = error.params;
  if (typeof retryAfterSeconds === 'number') void reply.header('retry-after', retryAfterSeconds);
  // RFC 9110 wants it with every 401; browsers show no dialogue for Bearer.
  if (error.status === 401) void reply.header('www-authenticate', 'Bearer');
  const document = describeProblem(error, localeOf(request));
  // As text, so that no response schema can change it.
  return reply
    .code(error.status)
    .header('cache-control', 'no-store')
    .type('application/problem+json; charset=utf-8')
    .send(JSON.stringify(document));
}

export function describeProblem(error: AppError, locale: Locale): ProblemDocument {
  const text = (texts as Partial<Record<string, Record<Locale, string>>>)[error.code];
  return {
    type: `urn:guanjia:problem:${error.code}`,
    title: fill(text?.[locale] ?? error.code, error.params),
    status: error.status,
    code: error.code,
    ...(Object.keys(error.params).length > 0 && { params: error.params }),
    ...(error.errors.length > 0 && { errors: error.errors.map((each) => withSentence(each, locale)) }),
  };
}

const sentences: Partial<Record<string, Record<Locale, string>>> = { ...checkTexts, ...calendarTexts, ...bpmnTexts };

/** What is held against a flow or a calendar is told in a sentence; what is wrong with a field the screens word themselves. */
export function withSentence(error: FieldError, locale: Locale): FieldError & { title?: string } {
  const text = sentences[error.code];
  return text === undefined ? error : { ...error, title: fill(text[locale], error.params ?? {}) };
}

/** The person's own choice, else what the browser asks for, else the installation's. */
function localeOf(request: FastifyRequest): Locale {
  const chosen = request.session?.person.locale;
  if (chosen) return chosen;
  return acceptedLocale(request.headers['accept-language']) ?? request.server.deps.config.locale;
}

function toAppError(error: FastifyError, request: FastifyRequest): AppError {
  if (error instanceof AppError) return error;
  if (error.validation) {
    return new AppError('invalid_request', 422, {}, withPlace(error.validation, error.validationContext));
  }
  return fromFastify(error, request) ?? fromPostgres(error) ?? fromWorld(error) ?? unexpected(request);
}

/** Errors of the body are pointers into it; others say where they were. */
function withPlace(validation: FastifySchemaValidationError[], place: string | undefined): FieldError[] {
  const errors = toFieldErrors(validation);
  return place === undefined || place === 'body'
    ? errors
    : errors.map((each) => ({ ...each, params: { ...each.params, in: place } }));
}

function fromFastify(error: FastifyError, request: FastifyRequest): AppError | undefined {
  const status = error.statusCode ?? 500;
  if (status === 413) return new AppError('too_large', 413, { limitBytes: request.routeOptions.bodyLimit });
  if (status === 415 || status === 406) return new AppError('unsupported_media_type', 415);
  // What must not be read (a path that leads outside), and an address that is none, is not there.
  if (status === 403 || status === 404 || isNoAddress(error)) return new AppError('not_found', 404);
  if (status === 400) return new AppError('invalid_json', 400);
  return status < 500 ? new AppError('invalid_request', status) : undefined;
}

function isNoAddress({ code }: FastifyError): boolean {
  return code === 'FST_ERR_BAD_URL' || code === 'FST_ERR_MAX_PARAM_LENGTH';
}

/** Text with a NUL, an id that is none, the year 0: what addresses and JSON can hold and Postgres cannot. */
function fromPostgres({ code }: FastifyError): AppError | undefined {
  return /^(22021|22P05|22P02|22008)$/.test(code) ? new AppError('invalid_request', 422) : undefined;
}

/**
 * Postgres or Temporal away, or Postgres gave up on this one (two in each other's way, longer than it may take): trying again
 * may help, and callers are told so.
 */
function fromWorld(error: FastifyError): AppError | undefined {
  const away =
    /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|57P0[123]|08\d{3}|53\d{3}|40001|40P01|55P03|57014)$/.test(error.code) ||
    /timeout exceeded when trying to connect|Connection terminated/.test(error.message);
  return away ? new AppError('unavailable', 503, { retryAfterSeconds: 2 }) : undefined;
}

function unexpected(request: FastifyRequest): AppError {
  return new AppError('server_error', 500, { requestId: request.id });
}

function fill(text: string, params: Record<string, unknown>): string {
  return text.replaceAll(/\{(\w+)\}/g, (_match, name: string) => {
    const value = params[name];
    return typeof value === 'string' || typeof value === 'number' ? String(value) : '…';
  });
}
