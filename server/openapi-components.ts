/**
 * Makes one component of each titled schema of an OpenAPI document, wherever it stands, and says of every operation that it may
 * fail with a problem document.
 */
export type JsonValue = null | boolean | number | string | JsonValue[] | JsonObject;
interface JsonObject {
  [key: string]: JsonValue;
}

/** @throws Error when two different schemas have one title */
export function nameComponents(document: JsonValue): JsonValue {
  if (!isObject(document)) return document;
  const found = new Map<string, JsonValue>();
  const paths = hoist(document.paths ?? {}, found);
  for (const operation of operationsOf(paths)) addFailure(operation);
  const components = isObject(document.components) ? document.components : {};
  const schemas = Object.fromEntries([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
  return { ...document, paths, components: { ...components, schemas } };
}

function hoist(value: JsonValue, found: Map<string, JsonValue>): JsonValue {
  if (Array.isArray(value)) return value.map((each) => hoist(each, found));
  if (!isObject(value)) return value;
  const inner = Object.fromEntries(Object.entries(value).map(([key, each]) => [key, hoist(each, found)]));
  if (typeof value.title !== 'string' || !isSchema(value)) return inner;
  const known = found.get(value.title);
  if (known !== undefined && JSON.stringify(known) !== JSON.stringify(inner)) {
    throw new Error(`two different schemas have the title ${value.title}`);
  }
  found.set(value.title, inner);
  return { $ref: `#/components/schemas/${value.title}` };
}

/** A property that happens to be called `title` makes no schema of its object. */
function isSchema({ title, type, anyOf, enum: choices }: JsonObject): boolean {
  const isName = typeof title === 'string' && /^[A-Z]\w+$/.test(title);
  return isName && (typeof type === 'string' || Array.isArray(anyOf) || Array.isArray(choices));
}

function operationsOf(paths: JsonValue): JsonObject[] {
  const items = isObject(paths) ? Object.values(paths) : [];
  return items.filter(isObject).flatMap((item) => Object.values(item).filter(isObject));
}

/** Problem documents have their own media type; `default` stands for every failure an operation does not name. */
function addFailure(operation: JsonObject): void {
  const schema = { $ref: '#/components/schemas/Problem' };
  const failure = { description: 'A problem document', content: { 'application/problem+json': { schema } } };
  const responses = isObject(operation.responses) ? operation.responses : {};
  const named = Object.entries(responses).map(([status, response]): [string, JsonValue] => {
    const isProblem = JSON.stringify(response).includes(`"${schema.$ref}"`);
    return [status, isProblem ? { ...failure, description: reasons[status] ?? failure.description } : response];
  });
  operation.responses = { ...Object.fromEntries(named), default: failure };
}

const reasons: Record<string, string> = {
  401: 'Not signed in',
  403: 'Not allowed',
  404: 'Not there, or not to be seen',
  409: 'Somebody was first, or it changed meanwhile',
  413: 'Too large',
  415: 'Not a kind that is taken here',
  422: 'Something in the request is not right; `errors` says where',
  429: 'Too often',
  503: 'Not reachable at the moment',
};

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
