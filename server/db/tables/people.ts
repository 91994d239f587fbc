/** person, credential, session, role, role_grant: who may sign in and what they may do. */
import type { ColumnType, Generated } from 'kysely';
import type { Text } from '../../../workflows/engine/flow.gen.ts';

export interface PersonTable {
  id: Generated<string>;
  username: string;
  display_name: string;
  /** The party this person stands for; one person may be an employee and a party at once. */
  party_id: string | null;
  employee_id: string | null;
  locale: 'zh-CN' | 'en' | null;
  disabled_at: Date | null;
  created_at: Generated<Date>;
}
export interface CredentialTable {
  person_id: string;
  /** argon2id, PHC string. */
  password_hash: string;
  updated_at: Generated<Date>;
}
export interface SessionTable {
  /** SHA-256 of the opaque token. */
  token_hash: Buffer;
  person_id: string;
  /** Names it where the token must not be told. */
  id: Generated<string>;
  kind: 'browser' | 'token';
  /** As it was at sign-in; null: the program said none. */
  user_agent: ColumnType<string | null, string | null | undefined, never>;
  created_at: Generated<Date>;
  last_seen_at: Generated<Date>;
  expires_at: Date;
}
export interface RoleTable {
  key: string;
  title: JsonColumn<Text>;
  description: JsonColumn<Text | null>;
  /** Verbs: `<what>.<do>` or `<what>.<do>:<key>`; see verb_matches in migration 0001. */
  may: string[];
}
export interface RoleGrantTable {
  id: Generated<string>;
  person_id: string;
  role: string;
  /** Null: in every community. */
  community_id: string | null;
  granted_by: string | null;
  granted_at: Generated<Date>;
}

/** jsonb: read as a value, written as JSON text (`JSON.stringify`), because pg turns arrays into Postgres arrays. */
export type JsonColumn<T> = ColumnType<T, string, string>;
/** jsonb with a default. */
export type JsonColumnDefault<T> = ColumnType<T, string | undefined, string>;
