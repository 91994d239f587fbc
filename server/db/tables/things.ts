/** notification, file, file_use, number_series, audit, setting. */
import type { Generated } from 'kysely';
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
