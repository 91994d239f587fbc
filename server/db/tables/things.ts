/** notification, outbound and what decides about it, file, file_use, number_series, audit, setting. */
import type { ColumnType, Generated } from 'kysely';
import type { Text } from '../../../workflows/engine/flow.gen.ts';
import type { JsonColumn, JsonColumnDefault } from './people.ts';

export interface NotificationTable {
  id: Generated<string>;
  person_id: string;
  case_id: string | null;
  task_id: string | null;
  kind: string;
  params: JsonColumnDefault<Record<string, unknown>>;
  /** One fact, one notification, however often its delta is applied. */
  dedupe: string | null;
  created_at: Generated<Date>;
  read_at: Date | null;
}
/** Which kind goes through which channel to whom: content/notices, loaded at every start. */
export interface NoticeRuleTable {
  kind: string;
  channel: 'mail' | 'sms';
  audience: string[];
  required: boolean;
  urgent: boolean;
  quiet_from: string | null;
  quiet_to: string | null;
  subject: ColumnType<Text | null, string | null, string | null>;
  text: JsonColumn<Text>;
}
export interface NoticeEmergencyTable {
  form: string;
  table_name: string;
  column_name: string;
  value: string;
}
export interface NoticeChoiceTable {
  person_id: string;
  channel: 'mail' | 'sms';
  wanted: boolean;
}
/** What leaves the house; written by a trigger on `notification`. The app may not read `address` (migration 0012). */
export interface OutboundTable {
  id: Generated<string>;
  notification_id: string | null;
  case_id: string | null;
  community_id: string | null;
  /** Null: a robot of a chat group. */
  person_id: string | null;
  kind: string;
  channel: 'mail' | 'sms' | 'robot';
  /** Of a robot: its name in the settings. */
  address: string;
  name: string;
  language: string;
  subject: string | null;
  text: string;
  params: JsonColumn<Record<string, unknown>>;
  path: string;
  state: Generated<'queued' | 'sending' | 'sent' | 'failed' | 'shown'>;
  attempts: Generated<number>;
  next_at: Generated<Date>;
  lease_until: Date | null;
  error: string | null;
  provider_id: string | null;
  dedupe: string;
  zone: string;
  quiet_from: string | null;
  quiet_to: string | null;
  created_at: Generated<Date>;
  ended_at: Date | null;
}
export interface FileTable {
  id: Generated<string>;
  /** Of the stored bytes, hex; names the file on disk. */
  sha256: string;
  media_type: string;
  bytes: number;
  width: number | null;
  height: number | null;
  name: string;
  created_by: string;
  created_at: Generated<Date>;
}
export interface FileUseTable {
  file_id: string;
  form: string;
  record_id: string;
  field: string;
}
export interface NumberSeriesTable {
  key: string;
  value: number;
}
export interface AuditTable {
  id: Generated<string>;
  at: Generated<Date>;
  person_id: string | null;
  act: string;
  subject: string;
  detail: JsonColumnDefault<Record<string, unknown>>;
}
export interface SettingTable {
  key: string;
  value: JsonColumn<unknown>;
}
/** A search that a person keeps. */
export interface SavedViewTable {
  id: Generated<string>;
  person_id: string;
  name: string;
  /** The query string of the page. */
  query: string;
  created_at: Generated<Date>;
}
