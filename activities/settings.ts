/**
 * What connectors may reach, as the file of GUANJIA_CONNECTORS says it: hosts for http, secrets by name, robots of chat groups. Pure:
 * config.ts hands over the text. No flow, log, incident or history ever holds a value of it.
 */
import { Type, type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import type { Network } from './http/send.ts';

const closed = { additionalProperties: false };
/** Of a secret or a robot. */
const Name = '^[a-z][a-z0-9_]{0,39}$';
/** `https://erp.example.com`, with a port where it is not the usual one, or `https://*.example.com` for all hosts below. */
const Origin = Type.String({ pattern: '^https?://(\\*\\.)?[a-z0-9-]+(\\.[a-z0-9-]+)*(:\\d{1,5})?$' });

const Robot = Type.Object(
  {
    kind: Type.Enum(['wecom', 'dingtalk', 'feishu']),
    /** The webhook as the group’s settings show it, with its key. */
    url: Type.String({ pattern: '^https?://\\S+$' }),
    /** Signs, where the group asks for it (DingTalk, Feishu). */
    secret: Type.Optional(Type.String({ minLength: 1 })),
  },
  closed,
);
const Secret = Type.Object(
  {
    value: Type.String({ minLength: 1, maxLength: 8000, pattern: '^[\\x20-\\x7e]*$' }),
    /** Where it may be sent; each one of `hosts`. */
    hosts: Type.Array(Origin, { minItems: 1 }),
  },
  closed,
);
const Content = Type.Object(
  {
    hosts: Type.Optional(Type.Array(Origin, { maxItems: 200 })),
    secrets: Type.Optional(Type.Record(Type.String({ pattern: Name }), Secret, closed)),
    robots: Type.Optional(Type.Record(Type.String({ pattern: Name }), Robot, closed)),
  },
  closed,
);
const check = Compile(Content);

export type RobotSettings = Static<typeof Robot>;
export interface ConnectorSettings {
  hosts: readonly string[];
  secrets: ReadonlyMap<string, { value: string; hosts: readonly string[] }>;
  robots: ReadonlyMap<string, RobotSettings>;
  /** How names of hosts are looked up, and which addresses are outside; tests have a world of their own. */
  network?: Network;
}

export const noConnectors: ConnectorSettings = { hosts: [], secrets: new Map(), robots: new Map() };

/** Adds a sentence to `problems` for each thing that is wrong; none repeats a value. */
export function readConnectors(text: string, problems: string[]): ConnectorSettings {
  const content = parse(text);
  if (content === undefined) {
    problems.push('GUANJIA_CONNECTORS names a file that is not JSON');
    return noConnectors;
  }
  if (!check.Check(content)) {
    const wrong = new Set(
      check.Errors(content).map(({ instancePath, keyword }) => `${instancePath || '/'} (${keyword})`),
    );
    problems.push(`GUANJIA_CONNECTORS names a file that is wrong at ${[...wrong].join(', ')}`);
    return noConnectors;
  }
  const { hosts = [], secrets = {}, robots = {} } = content;
  for (const [name, secret] of Object.entries(secrets))
    if (secret.hosts.some((host) => !hosts.includes(host)))
      problems.push(`GUANJIA_CONNECTORS: the secret ${name} may go to a host that is not one of hosts`);
  return { hosts, secrets: new Map(Object.entries(secrets)), robots: new Map(Object.entries(robots)) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
