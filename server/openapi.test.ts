import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { App } from './http.ts';
import { nameComponents, type JsonValue } from './openapi-components.ts';
import { buildTestApp } from './testing/app.ts';
import { createTestDb, type TestDb } from './testing/database.ts';

interface Operation {
  summary?: string;
  tags?: string[];
  responses: Record<string, { description: string; content?: Record<string, { schema: unknown }> }>;
  requestBody?: {
    content: Record<string, { schema: unknown; example?: unknown; examples?: Record<string, { value: unknown }> }>;
  };
  security?: object[];
}
interface Document {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Record<string, unknown>> };
}

let test: TestDb;
let app: App;
let document: Document;
let operations: [string, Operation][];

beforeAll(async () => {
  test = await createTestDb();
  app = await buildTestApp(test);
  const answer = await app.inject({ url: '/api/openapi.json' });
  expect(answer.statusCode, answer.payload).toBe(200);
  document = answer.json<Document>();
  operations = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]): [string, Operation] => [`${method} ${path}`, operation]),
  );
});
afterAll(async () => {
  await app.close();
  await test.drop();
});

describe('the description of the API', () => {
  it('is OpenAPI 3.1 with the routes there are', () => {
    expect(document.openapi).toBe('3.1.0');
    expect(operations.map(([name]) => name)).toEqual(
      expect.arrayContaining([
        'post /api/session',
        'get /api/me',
        'post /api/files',
        'get /api/files/{id}',
        'get /api/events',
        'get /healthz',
      ]),
    );
  });

  it('says of every route what it is for, where it belongs and what it answers', () => {
    for (const [name, { summary, tags, responses }] of operations) {
      expect(summary, name).toMatch(/^\p{Lu}/u);
      expect(tags, name).toHaveLength(1);
      expect(
        Object.keys(responses).some((status) => status.startsWith('2')),
        name,
      ).toBe(true);
      expect(responses.default?.content, name).toHaveProperty('application/problem+json');
    }
  });

  it('names shared schemas once and points to them', () => {
    expect(Object.keys(document.components.schemas)).toEqual(
      expect.arrayContaining(['Me', 'Problem', 'FileInfo', 'SignIn']),
    );
    expect(document.paths['/api/me']!.get!.responses['200']!.content!['application/json']!.schema).toEqual({
      $ref: '#/components/schemas/Me',
    });
    const references = [...JSON.stringify(document).matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(
      ([, name]) => name!,
    );
    expect(references.filter((name) => !(name in document.components.schemas))).toEqual([]);
  });

  it('holds schemas that can be compiled', () => {
    const ajv = new Ajv2020({ strict: false });
    addFormats.default(ajv);
    ajv.addSchema({ $id: 'api', components: document.components });

    for (const name of Object.keys(document.components.schemas)) {
      expect(() => ajv.compile({ $ref: `api#/components/schemas/${name}` }), name).not.toThrow();
    }
  });

  it('gives examples that are right', () => {
    const ajv = new Ajv2020({ strict: false });
    addFormats.default(ajv);
    ajv.addSchema({ $id: 'api', components: document.components });
    const given = operations.flatMap(([name, { requestBody }]) => {
      const { schema, example, examples = {} } = requestBody?.content['application/json'] ?? {};
      const all = [example, ...Object.values(examples).map(({ value }) => value)].filter((each) => each !== undefined);
      return all.map((each) => ({ name, schema: schema as { $ref: string }, example: each }));
    });

    expect(given.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['post /api/session', 'post /api/me/password']),
    );
    for (const { name, schema, example } of given) {
      expect(ajv.validate({ $ref: `api${schema.$ref}` }, example), `${name}: ${ajv.errorsText()}`).toBe(true);
    }
  });

  it('refuses unknown fields in every JSON body', () => {
    // What services outside say is checked by what the step of the flow expects.
    const isOurs = (name: string) => name !== 'post /api/callbacks/{token}';
    const bodies = operations.filter(
      ([name, { requestBody }]) => requestBody?.content['application/json'] && isOurs(name),
    );
    expect(bodies.length).toBeGreaterThan(2);
    for (const [name, { requestBody }] of bodies) {
      const { $ref, ...schema } = requestBody!.content['application/json']!.schema as { $ref?: string };
      const body = $ref === undefined ? schema : document.components.schemas[$ref.split('/').at(-1)!];
      expect(body, name).toMatchObject({ additionalProperties: false });
    }
  });

  it('says which routes need a session', () => {
    const open = operations.filter(([, { security }]) => security?.length === 0).map(([name]) => name);

    expect(open.sort()).toEqual([
      'get /api/openapi.json',
      'get /api/session/demo',
      'get /healthz',
      'get /metrics',
      'get /readyz',
      'post /api/callbacks/{token}',
      'post /api/session',
    ]);
  });

  it('describes the upload of a photo', () => {
    expect(document.paths['/api/files']!.post!.requestBody!.content).toHaveProperty('multipart/form-data');
  });

  it('is shown to people under the same policy as every page', async () => {
    const page = await app.inject({ url: '/api/docs' });
    const target = page.statusCode === 302 ? await app.inject({ url: page.headers.location! }) : page;

    expect(target.statusCode).toBe(200);
    expect(target.headers['content-security-policy']).toContain("script-src 'self'");
    expect(target.headers['content-security-policy']).not.toMatch(/script-src[^;]*unsafe/);
    expect(target.payload).not.toMatch(/<script(?![^>]*src=)[^>]*>\s*\S/);
  });
});

describe('components', () => {
  it('refuse one name for two things', () => {
    const twice: JsonValue = {
      paths: {
        a: { title: 'Thing', type: 'object', properties: { a: { type: 'string' } } },
        b: { title: 'Thing', type: 'object', properties: { b: { type: 'string' } } },
      },
    };

    expect(() => nameComponents(twice)).toThrow('two different schemas have the title Thing');
  });

  it('do not mistake a field called title for a name', () => {
    const document: JsonValue = {
      paths: {
        a: { title: 'Task', type: 'object', properties: { title: { type: 'string' }, type: { type: 'string' } } },
      },
    };

    expect(nameComponents(document)).toMatchObject({
      components: { schemas: { Task: { properties: { title: { type: 'string' } } } } },
    });
  });
});
