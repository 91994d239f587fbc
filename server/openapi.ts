/**
 * The API describes itself: OpenAPI 3.1 from the route schemas at /api/openapi.json, to be read by people at /api/docs. A schema
 * with a title becomes a component of that name; every operation says how it can fail.
 */
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import { Type } from 'typebox';
import type { App } from './http.ts';
import { nameComponents, type JsonValue } from './openapi-components.ts';

const description = `Guanjia's own screens use nothing else. Sign in with \`POST /api/session\`; send the token as
\`Authorization: Bearer …\`. Browsers have a cookie instead and send \`X-Guanjia: 1\` with what changes something.
Failures are RFC 9457 problem documents with a stable \`code\`.`;

/** Before the routes: it collects them as they are added. */
export async function describeApi(app: App): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Guanjia', version: '0.1.0', description },
      components: {
        securitySchemes: {
          bearer: { type: 'http', scheme: 'bearer' },
          cookie: { type: 'apiKey', in: 'cookie', name: 'guanjia' },
        },
      },
    },
    transform: ({ schema, url, route }) => ({
      schema: isDescribed(url) ? withBody(schema, route.config?.public) : { hide: true },
      url,
    }),
    transformObject: (given) => describe(given),
  });
  openDocs(app);
  await app.register(swaggerUi, {
    routePrefix: '/api/docs',
    uiConfig: { tryItOutEnabled: false, docExpansion: 'none', defaultModelsExpandDepth: 0 },
  });
  serveDocument(app);
}

/** What needs no session: the description holds nothing that is not in the source. */
function openDocs(app: App): void {
  app.addHook('onRoute', (route) => {
    if (route.url.startsWith('/api/docs')) route.config = { ...route.config, public: true };
  });
}

function serveDocument(app: App): void {
  app.get(
    '/api/openapi.json',
    {
      config: { public: true },
      schema: { tags: ['Operation'], summary: 'This description', response: { 200: Type.Unknown() } },
    },
    (_request, reply) => reply.header('cache-control', 'no-cache').send(app.swagger()),
  );
}

function isDescribed(url: string): boolean {
  return !url.startsWith('/api/docs') && !url.includes('*');
}

type Schema = NonNullable<Parameters<App['route']>[0]['schema']>;

/** Uploads are read as a stream, so no schema of theirs is validated: here it is only described. */
function withBody(schema: Schema | undefined, isPublic: boolean | undefined): Schema {
  const upload = { type: 'object', required: ['file'], properties: { file: { type: 'string', format: 'binary' } } };
  return {
    ...schema,
    security: isPublic === true ? [] : [{ bearer: [] }, { cookie: [] }],
    ...(schema?.consumes?.includes('multipart/form-data') && { body: upload }),
  };
}

function describe(given: object): object {
  const document = structuredClone('openapiObject' in given ? given.openapiObject : given) as JsonValue;
  return nameComponents(document) as object;
}
