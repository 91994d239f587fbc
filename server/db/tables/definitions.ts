/** form_type, form_version, form_draft, flow, flow_draft, flow_version, calendar, calendar_version: published definitions are never changed, only followed by another version. */
import type { Generated } from 'kysely';
import type { Calendar } from '../../../workflows/engine/calendar/calendar.gen.ts';
import type { Flow, Text } from '../../../workflows/engine/flow.gen.ts';
import type { JsonColumn } from './people.ts';

export interface FormTypeTable {
  key: string;
  kind: 'register' | 'case';
  title: JsonColumn<Text>;
  current_version: number;
  built_in: Generated<boolean>;
}
export interface FormVersionTable {
  form: string;
  version: number;
  schema: JsonColumn<Record<string, unknown>>;
  layout: JsonColumn<Record<string, unknown>>;
  sha256: string;
  note: string | null;
  published_by: string | null;
  published_at: Generated<Date>;
}
export interface FormDraftTable {
  form: string;
  schema: JsonColumn<Record<string, unknown>>;
  layout: JsonColumn<Record<string, unknown>>;
  updated_by: string | null;
  updated_at: Generated<Date>;
}
export interface FlowTable {
  key: string;
  form: string;
  title: JsonColumn<Text>;
  current_version: number;
  built_in: Generated<boolean>;
}
export interface FlowDraftTable {
  flow: string;
  /** Whatever was sent: what keeps it from being published is found when it is read. */
  definition: JsonColumn<Record<string, unknown>>;
  updated_by: string | null;
  updated_at: Generated<Date>;
}
export interface FlowVersionTable {
  flow: string;
  version: number;
  definition: JsonColumn<Flow>;
  form_version: number;
  sha256: string;
  note: string | null;
  published_by: string | null;
  published_at: Generated<Date>;
}
export interface CalendarTable {
  key: string;
  title: JsonColumn<Text>;
  current_version: number;
  /** The last year whose missing list administrators were told of. */
  warned_of: Generated<number | null>;
}
export interface CalendarVersionTable {
  calendar: string;
  version: number;
  definition: JsonColumn<Calendar>;
  sha256: string;
  note: string | null;
  published_by: string | null;
  published_at: Generated<Date>;
}
