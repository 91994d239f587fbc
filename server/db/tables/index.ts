/** All tables of schema "public" for Kysely. Record tables are made at run time and are reached through server/db/records. */
import type * as cases from './cases.ts';
import type * as definitions from './definitions.ts';
import type * as people from './people.ts';
import type * as things from './things.ts';

export interface Database {
  person: people.PersonTable;
  credential: people.CredentialTable;
  session: people.SessionTable;
  role: people.RoleTable;
  role_grant: people.RoleGrantTable;
  form_type: definitions.FormTypeTable;
  form_version: definitions.FormVersionTable;
  form_draft: definitions.FormDraftTable;
  flow_draft: definitions.FlowDraftTable;
  flow: definitions.FlowTable;
  flow_version: definitions.FlowVersionTable;
  calendar: definitions.CalendarTable;
  calendar_version: definitions.CalendarVersionTable;
  case: cases.CaseTable;
  command: cases.CommandTable;
  task: cases.TaskTable;
  task_read: cases.TaskReadTable;
  task_draft: cases.TaskDraftTable;
  task_time: cases.TaskTimeTable;
  task_claim: cases.TaskClaimTable;
  case_event: cases.CaseEventTable;
  case_reader: cases.CaseReaderTable;
  comment: cases.CommentTable;
  effect: cases.EffectTable;
  notification: things.NotificationTable;
  notice_rule: things.NoticeRuleTable;
  notice_emergency: things.NoticeEmergencyTable;
  notice_choice: things.NoticeChoiceTable;
  outbound: things.OutboundTable;
  file: things.FileTable;
  file_use: things.FileUseTable;
  number_series: things.NumberSeriesTable;
  audit: things.AuditTable;
  setting: things.SettingTable;
  saved_view: things.SavedViewTable;
}
