// Generated from server/**/schemas.ts by `npm run gen`. Do not edit.

/**
 * This interface was referenced by `undefined`'s JSON-Schema definition
 * via the `patternProperty` "^.*$".
 *
 * This interface was referenced by `undefined`'s JSON-Schema definition
 * via the `patternProperty` "^.*$".
 *
 * This interface was referenced by `undefined`'s JSON-Schema definition
 * via the `patternProperty` "^.*$".
 *
 * This interface was referenced by `undefined`'s JSON-Schema definition
 * via the `patternProperty` "^.*$".
 */
export type Access = 'hidden' | 'read' | 'edit' | 'required';
export type OutboundChannel = 'mail' | 'sms' | 'robot';
export type OutboundState = 'queued' | 'sending' | 'sent' | 'failed' | 'shown';
export type PersonalChannel = 'mail' | 'sms';
export type NotificationKind =
  | 'task_opened'
  | 'task_transferred'
  | 'task_returned'
  | 'task_delegated'
  | 'task_resolved'
  | 'signer_added'
  | 'task_reminder'
  | 'task_overdue'
  | 'escalation'
  | 'holder_absent'
  | 'question'
  | 'answer'
  | 'urge'
  | 'comment'
  | 'case_cc'
  | 'case_completed'
  | 'case_cancelled'
  | 'command_refused';
export type WaitingParty = 'initiator' | 'owner' | 'supplier' | 'authority' | 'other';
export type TaskState = 'open' | 'completing' | 'done' | 'cancelled';
export type TaskView = 'mine' | 'pool' | 'today' | 'overdue' | 'done' | 'started' | 'cc';
export type CaseStatus = 'starting' | 'running' | 'suspended' | 'cancelling' | 'completed' | 'cancelled';

export interface Api {
  Access?: Access;
  PersonRef?: PersonRef;
  Problem?: Problem;
  ProblemPath?: ProblemPath;
  Text?: Text;
  DemoAccount?: DemoAccount;
  DemoAccounts?: DemoAccounts;
  Me?: Me;
  RoleHeld?: RoleHeld;
  CommunityRef?: CommunityRef;
  UnitRef?: UnitRef;
  MePatch?: MePatch;
  OwnSession?: OwnSession;
  OwnSessions?: OwnSessions;
  PasswordChange?: PasswordChange;
  SignIn?: SignIn;
  SignedIn?: SignedIn;
  PersonItem?: PersonItem;
  PersonPage?: PersonPage;
  RoleGrant?: RoleGrant;
  RoleGrantBody?: RoleGrantBody;
  RoleGrants?: RoleGrants;
  RoleInfo?: RoleInfo;
  RoleTable?: RoleTable;
  VerbInfo?: VerbInfo;
  FileInfo?: FileInfo;
  OutboundChannel?: OutboundChannel;
  OutboundCounts?: OutboundCounts;
  OutboundItem?: OutboundItem;
  OutboundState?: OutboundState;
  OutboundPage?: OutboundPage;
  PersonalChannel?: PersonalChannel;
  RevealBody?: RevealBody;
  Revealed?: Revealed;
  NoticeChoice?: NoticeChoice;
  NoticeChoices?: NoticeChoices;
  Notification?: Notification;
  NotificationCounts?: NotificationCounts;
  NotificationKind?: NotificationKind;
  NotificationPage?: NotificationPage;
  FormDefinition?: FormDefinition;
  FormDraft?: FormDraft;
  FormDraftBody?: FormDraftBody;
  FormPublished?: FormPublished;
  FormTypeItem?: FormTypeItem;
  FormTypeList?: FormTypeList;
  FormVersionItem?: FormVersionItem;
  FormVersionList?: FormVersionList;
  PublishBody?: PublishBody;
  RecordBatch?: RecordBatch;
  RecordBatchBody?: RecordBatchBody;
  RecordBody?: RecordBody;
  RecordItem?: RecordItem;
  RecordOption?: RecordOption;
  RecordOptionPage?: RecordOptionPage;
  RecordPage?: RecordPage;
  RecordPatchBody?: RecordPatchBody;
  UnmaskBody?: UnmaskBody;
  Unmasked?: Unmasked;
  CalendarBody?: CalendarBody;
  CalendarCheckBody?: CalendarCheckBody;
  CalendarDetail?: CalendarDetail;
  CalendarItem?: CalendarItem;
  CalendarFlow?: CalendarFlow;
  CalendarCommunity?: CalendarCommunity;
  CalendarMoves?: CalendarMoves;
  CalendarMove?: CalendarMove;
  CalendarProblems?: CalendarProblems;
  CalendarPublished?: CalendarPublished;
  CalendarVersion?: CalendarVersion;
  CalendarVersions?: CalendarVersions;
  CalendarVersionItem?: CalendarVersionItem;
  CalendarYearBody?: CalendarYearBody;
  CalendarYearReport?: CalendarYearReport;
  Calendars?: Calendars;
  FlowBody?: FlowBody;
  FlowDraft?: FlowDraft;
  FlowItem?: FlowItem;
  FlowList?: FlowList;
  FlowProblems?: FlowProblems;
  FlowPublishBody?: FlowPublishBody;
  FlowPublished?: FlowPublished;
  FlowStart?: FlowStart;
  ChoiceItem?: ChoiceItem;
  FlowVersion?: FlowVersion;
  FlowVersions?: FlowVersions;
  FlowVersionItem?: FlowVersionItem;
  Forecast?: Forecast;
  ForecastTask?: ForecastTask;
  StepRef?: StepRef;
  PoolRef?: PoolRef;
  SimulateBody?: SimulateBody;
  SimulatedAct?: SimulatedAct;
  SimulatedChoice?: SimulatedChoice;
  SimulatedOutput?: SimulatedOutput;
  SimulationLimits?: SimulationLimits;
  SimulatedTask?: SimulatedTask;
  SimulatedDue?: SimulatedDue;
  SimulatedHolder?: SimulatedHolder;
  Explanation?: Explanation;
  Simulation?: Simulation;
  SimulatedFlow?: SimulatedFlow;
  SimulationEnd?: SimulationEnd;
  SimulatedRefusal?: SimulatedRefusal;
  SimulationWarning?: SimulationWarning;
  SimulatedCondition?: SimulatedCondition;
  SimulatedActivity?: SimulatedActivity;
  SimulatedNotice?: SimulatedNotice;
  SimulatedWait?: SimulatedWait;
  SimulatedEvent?: SimulatedEvent;
  SimulatedIncident?: SimulatedIncident;
  ActResult?: ActResult;
  Action?: Action;
  AddSignersBody?: AddSignersBody;
  ClaimBody?: ClaimBody;
  CompleteBody?: CompleteBody;
  Choices?: Choices;
  DelegateBody?: DelegateBody;
  Draft?: Draft;
  DraftBody?: DraftBody;
  PauseBody?: PauseBody;
  WaitingParty?: WaitingParty;
  PauseOptions?: PauseOptions;
  PositionBranch?: PositionBranch;
  PositionStep?: PositionStep;
  PrepareAnswer?: PrepareAnswer;
  PrepareBody?: PrepareBody;
  ReleaseBody?: ReleaseBody;
  RemoveSignersBody?: RemoveSignersBody;
  ResumeBody?: ResumeBody;
  SummaryField?: SummaryField;
  TakeBackBody?: TakeBackBody;
  TaskCounts?: TaskCounts;
  TaskDetail?: TaskDetail;
  TaskItem?: TaskItem;
  TaskState?: TaskState;
  Pool?: Pool;
  TaskDueBy?: TaskDueBy;
  TaskPause?: TaskPause;
  TaskAllow?: TaskAllow;
  ReturnTarget?: ReturnTarget;
  TaskTime?: TaskTime;
  TimelineEntry?: TimelineEntry;
  TaskPage?: TaskPage;
  TaskView?: TaskView;
  TransferBody?: TransferBody;
  CalledCase?: CalledCase;
  CaseLink?: CaseLink;
  CaseStatus?: CaseStatus;
  CaseDetail?: CaseDetail;
  CaseItem?: CaseItem;
  CommentItem?: CommentItem;
  CaseIncident?: CaseIncident;
  CaseAllow?: CaseAllow;
  CasePage?: CasePage;
  CaseStarted?: CaseStarted;
  CommentBody?: CommentBody;
  CommentPage?: CommentPage;
  MigrateAllBody?: MigrateAllBody;
  MigrateBody?: MigrateBody;
  MigratedCase?: MigratedCase;
  MigratedCases?: MigratedCases;
  ModifyBody?: ModifyBody;
  Place?: Place;
  ModifyPlanBody?: ModifyPlanBody;
  ReasonBody?: ReasonBody;
  RetryBody?: RetryBody;
  SkipBody?: SkipBody;
  StartBody?: StartBody;
  Urged?: Urged;
  WithdrawBody?: WithdrawBody;
  CaseFacets?: CaseFacets;
  CaseMatch?: CaseMatch;
  FoundCase?: FoundCase;
  FoundCasePage?: FoundCasePage;
  SavedView?: SavedView;
  SavedViewBody?: SavedViewBody;
  SavedViews?: SavedViews;
  Overview?: Overview;
  OverviewCases?: OverviewCases;
  OverviewNumbers?: OverviewNumbers;
  OverviewStage?: OverviewStage;
  OverviewLoad?: OverviewLoad;
  OverviewCommunity?: OverviewCommunity;
  OverviewStaff?: OverviewStaff;
  OverviewDepartment?: OverviewDepartment;
  Hint?: Hint;
  Panel?: Panel;
  PanelRow?: PanelRow;
  PanelStart?: PanelStart;
  Panels?: Panels;
  Backup?: Backup;
  BackupPart?: BackupPart;
  CodecKeyUse?: CodecKeyUse;
  Interpreter?: Interpreter;
  Upgrade?: Upgrade;
  MigrationRun?: MigrationRun;
  Checkpoint?: Checkpoint;
  HandOver?: HandOver;
  HandOverItem?: HandOverItem;
  HandOverBody?: HandOverBody;
  HandOverPreview?: HandOverPreview;
  NamingFlow?: NamingFlow;
  Substitution?: Substitution;
  SubstitutionBody?: SubstitutionBody;
  SubstitutionList?: SubstitutionList;
  SubstitutionMade?: SubstitutionMade;
  AnswerBody?: AnswerBody;
  AskBody?: AskBody;
  Question?: Question;
  AskedPerson?: AskedPerson;
  QuestionList?: QuestionList;
  WaitingQuestion?: WaitingQuestion;
  WaitingQuestions?: WaitingQuestions;
  PlannedTask?: PlannedTask;
  ReturnBody?: ReturnBody;
  ReturnPlan?: ReturnPlan;
  PlannedCompensation?: PlannedCompensation;
}
export interface PersonRef {
  id: string;
  name: string;
}
export interface Problem {
  type: string;
  title: string;
  status: number;
  /**
   * snake_case; screens have a text for each.
   */
  code: string;
  detail?: string;
  params?: {
    /**
     * This interface was referenced by `undefined`'s JSON-Schema definition
     * via the `patternProperty` "^.*$".
     */
    [k: string]: unknown;
  };
  errors?: ProblemPath[];
}
export interface ProblemPath {
  /**
   * JSON Pointer into the body.
   */
  path: string;
  code: string;
  params?: {
    /**
     * This interface was referenced by `undefined`'s JSON-Schema definition
     * via the `patternProperty` "^.*$".
     */
    [k: string]: unknown;
  };
  /**
   * The sentence, where the server has one: of flows that are refused.
   */
  title?: string;
}
export interface Text {
  'zh-CN': string;
  en: string;
}
export interface DemoAccount {
  username: string;
  name: string;
  title: Text;
  description: Text;
}
export interface DemoAccounts {
  password: string;
  items: DemoAccount[];
}
export interface Me {
  id: string;
  username: string;
  name: string;
  locale: ('zh-CN' | 'en') | null;
  phone: string | null;
  homes: ('inbox' | 'portal')[];
  roles: RoleHeld[];
  /**
   * Verbs held anywhere; for showing and hiding only.
   */
  may: string[];
  communities: CommunityRef[];
  /**
   * Units the person owns or rents today.
   */
  units: UnitRef[];
  demo: boolean;
}
export interface RoleHeld {
  key: string;
  title: Text;
  communityId: string | null;
}
export interface CommunityRef {
  id: string;
  name: string;
  timeZone: string;
  servicePhone: string | null;
}
export interface UnitRef {
  id: string;
  label: string;
  communityId: string;
}
export interface MePatch {
  locale?: 'zh-CN' | 'en';
}
export interface OwnSession {
  id: string;
  /**
   * The one that asks.
   */
  current: boolean;
  kind: 'browser' | 'token';
  browser: string | null;
  system: string | null;
  signedInAt: string;
  /**
   * To the hour.
   */
  lastUsedAt: string;
}
export interface OwnSessions {
  items: OwnSession[];
}
export interface PasswordChange {
  current: string;
  next: string;
}
export interface SignIn {
  username: string;
  password: string;
}
export interface SignedIn {
  token: string;
  me: Me;
}
export interface PersonItem {
  id: string;
  name: string;
  department: string | null;
  roles: Text[];
}
export interface PersonPage {
  items: PersonItem[];
  next: string | null;
}
export interface RoleGrant {
  id: string;
  role: string;
  person: PersonRef;
  community: {
    id: string;
    name: string;
  } | null;
  grantedBy: PersonRef | null;
  grantedAt: string;
}
export interface RoleGrantBody {
  personId: string;
  role: string;
  communityId: string | null;
}
export interface RoleGrants {
  items: RoleGrant[];
  next: string | null;
}
export interface RoleInfo {
  key: string;
  title: Text;
  description: Text | null;
  /**
   * `*`: everything; `record.read:*`: of every form type.
   */
  may: string[];
  holders: number;
}
export interface RoleTable {
  roles: RoleInfo[];
  verbs: VerbInfo[];
}
/**
 * `about`: the form type it is limited to.
 */
export interface VerbInfo {
  verb: string;
  title: Text;
  about: Text | null;
}
export interface FileInfo {
  id: string;
  name: string;
  mediaType: string;
  bytes: number;
  width: number | null;
  height: number | null;
}
export interface OutboundCounts {
  queued: number;
  sending: number;
  sent: number;
  failed: number;
  shown: number;
}
export interface OutboundItem {
  id: string;
  kind: string;
  title: Text | null;
  channel: OutboundChannel;
  person: PersonRef | null;
  /**
   * Masked; POST …/unmask tells it in full. Of a robot: its name.
   */
  address: string;
  language: string;
  subject: string | null;
  text: string;
  /**
   * A path of the product.
   */
  link: string;
  state: OutboundState;
  attempts: number;
  nextAt: string | null;
  error: string | null;
  caseId: string | null;
  createdAt: string;
  endedAt: string | null;
}
export interface OutboundPage {
  items: OutboundItem[];
  next: string | null;
}
export interface RevealBody {
  reason: string;
}
export interface Revealed {
  address: string;
}
export interface NoticeChoice {
  channel: PersonalChannel;
  wanted: boolean;
}
export interface NoticeChoices {
  channels: {
    channel: PersonalChannel;
    wanted: boolean;
    address: string | null;
  }[];
  /**
   * What comes whatever was chosen.
   */
  required: Text[];
}
export interface Notification {
  id: string;
  /**
   * A NotificationKind, or the key of a text that a flow tells with.
   */
  kind: string;
  params: {
    /**
     * This interface was referenced by `undefined`'s JSON-Schema definition
     * via the `patternProperty` "^.*$".
     */
    [k: string]: unknown;
  };
  text: Text | null;
  by: PersonRef | null;
  holder: PersonRef | null;
  flow: Text | null;
  step: Text | null;
  caseId: string | null;
  taskId: string | null;
  createdAt: string;
  readAt: string | null;
  /**
   * Its task is over: it counts as read and asks for nothing.
   */
  ended: boolean;
}
export interface NotificationCounts {
  unread: number;
}
export interface NotificationPage {
  items: Notification[];
  next: string | null;
}
export interface FormDefinition {
  key: string;
  version: number;
  /**
   * JSON Schema 2020-12 with the x- keywords of forms/form.schema.json.
   */
  schema: {
    /**
     * This interface was referenced by `undefined`'s JSON-Schema definition
     * via the `patternProperty` "^.*$".
     */
    [k: string]: unknown;
  };
  /**
   * forms/layout.schema.json.
   */
  layout: {
    /**
     * This interface was referenced by `undefined`'s JSON-Schema definition
     * via the `patternProperty` "^.*$".
     */
    [k: string]: unknown;
  };
}
export interface FormDraft {
  key: string;
  schema: {
    /**
     * This interface was referenced by `undefined`'s JSON-Schema definition
     * via the `patternProperty` "^.*$".
     */
    [k: string]: unknown;
  };
  layout: {
    /**
     * This interface was referenced by `undefined`'s JSON-Schema definition
     * via the `patternProperty` "^.*$".
     */
    [k: string]: unknown;
  };
  problems: ProblemPath[];
  updatedAt: string;
  updatedBy: PersonRef | null;
}
export interface FormDraftBody {
  schema: {
    /**
     * This interface was referenced by `undefined`'s JSON-Schema definition
     * via the `patternProperty` "^.*$".
     */
    [k: string]: unknown;
  };
  layout: {
    /**
     * This interface was referenced by `undefined`'s JSON-Schema definition
     * via the `patternProperty` "^.*$".
     */
    [k: string]: unknown;
  };
}
export interface FormPublished {
  key: string;
  version: number;
}
export interface FormTypeItem {
  key: string;
  kind: 'register' | 'case';
  title: Text;
  version: number;
  mayWrite: boolean;
}
export interface FormTypeList {
  items: FormTypeItem[];
}
export interface FormVersionItem {
  version: number;
  note: string | null;
  publishedBy: PersonRef | null;
  publishedAt: string;
  current: boolean;
}
export interface FormVersionList {
  items: FormVersionItem[];
}
export interface PublishBody {
  /**
   * What changed, for the list of versions.
   */
  note: string;
}
export interface RecordBatch {
  created: string[];
  changed: string[];
}
export interface RecordBatchBody {
  communityId?: string | null;
  /**
   * @maxItems 200
   */
  create?: {
    fields: {
      /**
       * This interface was referenced by `undefined`'s JSON-Schema definition
       * via the `patternProperty` "^.*$".
       */
      [k: string]: unknown;
    };
  }[];
  /**
   * @maxItems 200
   */
  change?: {
    id: string;
    version?: number;
    fields: {
      /**
       * This interface was referenced by `undefined`'s JSON-Schema definition
       * via the `patternProperty` "^.*$".
       */
      [k: string]: unknown;
    };
  }[];
}
export interface RecordBody {
  communityId?: string | null;
  fields: {
    /**
     * This interface was referenced by `undefined`'s JSON-Schema definition
     * via the `patternProperty` "^.*$".
     */
    [k: string]: unknown;
  };
}
export interface RecordItem {
  id: string;
  label: string;
  /**
   * Raised by every change. Of a case's record: the rev of its case.
   */
  version: number;
  communityId: string | null;
  formVersion: number;
  fields: {
    /**
     * This interface was referenced by `undefined`'s JSON-Schema definition
     * via the `patternProperty` "^.*$".
     */
    [k: string]: unknown;
  };
  labels: {
    /**
     * This interface was referenced by `undefined`'s JSON-Schema definition
     * via the `patternProperty` "^.*$".
     */
    [k: string]: string;
  };
  createdAt: string;
  updatedAt: string;
}
export interface RecordOption {
  id: string;
  label: string;
}
export interface RecordOptionPage {
  items: RecordOption[];
  next: string | null;
}
export interface RecordPage {
  items: RecordItem[];
  next: string | null;
}
export interface RecordPatchBody {
  /**
   * The version that was read. A register's record: 409 version_changed when somebody changed it since. A case's record: 409 field_changed with both values when somebody changed one of these fields since.
   */
  version?: number;
  fields: {
    /**
     * This interface was referenced by `undefined`'s JSON-Schema definition
     * via the `patternProperty` "^.*$".
     */
    [k: string]: unknown;
  };
}
export interface UnmaskBody {
  field: string;
  reason: string;
}
export interface Unmasked {
  value: string;
}
export interface CalendarBody {
  /**
   * A calendar (workflows/engine/calendar/calendar.schema.json).
   */
  definition: {
    /**
     * This interface was referenced by `undefined`'s JSON-Schema definition
     * via the `patternProperty` "^.*$".
     */
    [k: string]: unknown;
  };
  /**
   * What changed, for the list of versions.
   */
  note: string;
}
export interface CalendarCheckBody {
  /**
   * A calendar (workflows/engine/calendar/calendar.schema.json).
   */
  definition: {
    /**
     * This interface was referenced by `undefined`'s JSON-Schema definition
     * via the `patternProperty` "^.*$".
     */
    [k: string]: unknown;
  };
}
export interface CalendarDetail {
  calendar: CalendarItem;
  /**
   * A calendar (workflows/engine/calendar/calendar.schema.json).
   */
  definition: {
    /**
     * This interface was referenced by `undefined`'s JSON-Schema definition
     * via the `patternProperty` "^.*$".
     */
    [k: string]: unknown;
  };
}
export interface CalendarItem {
  key: string;
  title: Text;
  description: Text | null;
  version: number;
  /**
   * False: work goes on on public holidays, and no list is needed.
   */
  keepsHolidays: boolean;
  /**
   * Years whose days off are known.
   */
  years: number[];
  /**
   * Years that a flow reckons with and whose days off are not known: this year, from November on the next.
   */
  missing: number[];
  /**
   * Whose current version names it.
   */
  flows: CalendarFlow[];
  /**
   * With cases that run by it.
   */
  communities: CalendarCommunity[];
  /**
   * Cases that run by it.
   */
  running: number;
}
export interface CalendarFlow {
  key: string;
  title: Text;
}
export interface CalendarCommunity {
  id: string;
  name: string;
}
export interface CalendarMoves {
  version: number;
  /**
   * Cases that have not heard of it yet.
   */
  pending: number;
  done: number;
  /**
   * Cases that were over, or had it already.
   */
  refused: number;
  /**
   * Due times that came to lie elsewhere.
   */
  moved: number;
  /**
   * The first 200 of them.
   */
  items: CalendarMove[];
}
export interface CalendarMove {
  caseId: string;
  number: string;
  task: string;
  step: string;
  from: string;
  to: string;
}
export interface CalendarProblems {
  problems: ProblemPath[];
}
export interface CalendarPublished {
  key: string;
  version: number;
  /**
   * False: the current version says just this.
   */
  isNew: boolean;
  /**
   * Running cases whose due times are reckoned again.
   */
  cases: number;
}
export interface CalendarVersion {
  key: string;
  version: number;
  /**
   * A calendar (workflows/engine/calendar/calendar.schema.json).
   */
  definition: {
    /**
     * This interface was referenced by `undefined`'s JSON-Schema definition
     * via the `patternProperty` "^.*$".
     */
    [k: string]: unknown;
  };
}
export interface CalendarVersions {
  items: CalendarVersionItem[];
}
export interface CalendarVersionItem {
  version: number;
  note: string | null;
  publishedBy: PersonRef | null;
  publishedAt: string;
  current: boolean;
}
export interface CalendarYearBody {
  /**
   * A line a day or a span of days, with the columns `kind` (holiday or workday), `from`, `to` (may be empty), `name` and `name_en` (may be left out).
   */
  csv?: string;
  /**
   * The same as JSON: a year of a calendar’s definition.
   */
  list?: {
    /**
     * This interface was referenced by `undefined`'s JSON-Schema definition
     * via the `patternProperty` "^.*$".
     */
    [k: string]: unknown;
  };
  /**
   * Where the list comes from.
   */
  source?: string;
  /**
   * What changed, for the list of versions.
   */
  note?: string;
  /**
   * True: only says what would come of it.
   */
  dryRun: boolean;
}
export interface CalendarYearReport {
  year: number;
  daysOff: number;
  /**
   * Instead of a day off.
   */
  daysWorked: number;
  /**
   * The calendar has a list of this year already.
   */
  replaces: boolean;
  problems: ProblemPath[];
  published: CalendarPublished | null;
}
export interface Calendars {
  items: CalendarItem[];
}
export interface FlowBody {
  /**
   * A flow in the flow language (docs/flow-language.md).
   */
  definition: {
    /**
     * This interface was referenced by `undefined`'s JSON-Schema definition
     * via the `patternProperty` "^.*$".
     */
    [k: string]: unknown;
  };
}
export interface FlowDraft {
  key: string;
  /**
   * A flow in the flow language (docs/flow-language.md).
   */
  definition: {
    /**
     * This interface was referenced by `undefined`'s JSON-Schema definition
     * via the `patternProperty` "^.*$".
     */
    [k: string]: unknown;
  };
  problems: ProblemPath[];
  updatedAt: string;
  updatedBy: PersonRef | null;
}
export interface FlowItem {
  key: string;
  title: Text;
  description: Text | null;
  icon: string | null;
  version: number;
  form: string;
  startable: boolean;
}
export interface FlowList {
  items: FlowItem[];
}
export interface FlowProblems {
  problems: ProblemPath[];
}
export interface FlowPublishBody {
  /**
   * What changed, for the list of versions.
   */
  note: string;
}
export interface FlowPublished {
  key: string;
  version: number;
}
export interface FlowStart {
  flow: FlowItem;
  form: FormDefinition;
  permissions: {
    [k: string]: Access;
  };
  guide: Text | null;
  label: Text | null;
  /**
   * Starting asks whom one chooses for these steps.
   */
  choices: ChoiceItem[];
  /**
   * Starting looks things up, fills fields or may be refused: ask `prepare` while the form is filled.
   */
  prepares: boolean;
}
export interface ChoiceItem {
  step: string;
  title: Text;
  /**
   * How many may be chosen.
   */
  most: number;
  required: boolean;
}
export interface FlowVersion {
  key: string;
  version: number;
  /**
   * A flow in the flow language (docs/flow-language.md).
   */
  definition: {
    /**
     * This interface was referenced by `undefined`'s JSON-Schema definition
     * via the `patternProperty` "^.*$".
     */
    [k: string]: unknown;
  };
}
export interface FlowVersions {
  items: FlowVersionItem[];
}
export interface FlowVersionItem {
  version: number;
  note: string | null;
  publishedBy: PersonRef | null;
  publishedAt: string;
  current: boolean;
  /**
   * Cases that run on it: a version never changes under them.
   */
  running: number;
}
export interface Forecast {
  end: 'completed' | 'cancelled' | 'waiting' | 'incident' | 'refused' | 'limit';
  outcome: string | null;
  tasks: ForecastTask[];
}
export interface ForecastTask {
  step: StepRef;
  /**
   * It waits now; the others come after.
   */
  open: boolean;
  person: PersonRef | null;
  pool: PoolRef | null;
}
export interface StepRef {
  id: string;
  title: Text;
}
export interface PoolRef {
  role: string;
  title: Text;
}
export interface SimulateBody {
  /**
   * A flow that is not kept. Default: the version that is asked for, else the draft, else the current version.
   */
  definition?: {
    /**
     * This interface was referenced by `undefined`'s JSON-Schema definition
     * via the `patternProperty` "^.*$".
     */
    [k: string]: unknown;
  };
  version?: number;
  /**
   * Default: who asks.
   */
  initiator?: string;
  communityId?: string | null;
  /**
   * When it begins. Default: now.
   */
  at?: string;
  fields?: {
    /**
     * This interface was referenced by `undefined`'s JSON-Schema definition
     * via the `patternProperty` "^.*$".
     */
    [k: string]: unknown;
  };
  /**
   * @maxItems 200
   */
  acts?: SimulatedAct[];
  /**
   * Whether what no act decides is decided by itself, with the first outcome that leads on. Default: yes.
   */
  automatic?: boolean;
  /**
   * What each decision by itself takes. Default: PT0S.
   */
  pace?: string;
  /**
   * By step. Of several, each time the next; the last for all further times.
   */
  choices?: {
    /**
     * This interface was referenced by `undefined`'s JSON-Schema definition
     * via the `patternProperty` "^.*$".
     */
    [k: string]: string | SimulatedChoice | null | (string | SimulatedChoice | null)[];
  };
  /**
   * By the step that asks for it: whom the initiator, or whoever completes an earlier step, chooses. Default: nobody.
   */
  chosen?: {
    /**
     * @maxItems 20
     *
     * This interface was referenced by `undefined`'s JSON-Schema definition
     * via the `patternProperty` "^.*$".
     */
    [k: string]: string[];
  };
  /**
   * By service step: what its activity is taken to answer, or to fail with. Of several, each time the next; the last for all further times. Default: nothing. By step that calls a flow: what the record of that case is taken to hold at its end, with `outcome` for what it comes to, and the error that it ends with (`cancelled`: it is cancelled). Default: it is completed.
   */
  activities?: {
    /**
     * This interface was referenced by `undefined`'s JSON-Schema definition
     * via the `patternProperty` "^.*$".
     */
    [k: string]: SimulatedOutput | SimulatedOutput[];
  };
  limits?: SimulationLimits;
}
export interface SimulatedAct {
  act:
    | 'complete'
    | 'return'
    | 'transfer'
    | 'delegate'
    | 'addSigners'
    | 'removeSigners'
    | 'pause'
    | 'resume'
    | 'takeBack'
    | 'withdraw'
    | 'cancel'
    | 'amend'
    | 'message'
    | 'signal'
    | 'wait';
  /**
   * Of acts on a task. The case goes on by itself until the step waits for somebody.
   */
  step?: string;
  /**
   * Who acts; default: who holds it.
   */
  by?: string;
  outcome?: string;
  fields?: {
    /**
     * This interface was referenced by `undefined`'s JSON-Schema definition
     * via the `patternProperty` "^.*$".
     */
    [k: string]: unknown;
  };
  /**
   * Of a return the step, of a hand-over the person.
   */
  to?: string;
  mode?: 'redo' | 'straightBack';
  /**
   * @minItems 1
   * @maxItems 50
   */
  persons?: string[];
  where?: 'before' | 'after';
  /**
   * Of a message or signal, which comes in once the case waits for it.
   */
  name?: string;
  /**
   * Of a message.
   */
  key?: string;
  /**
   * ISO 8601, without years and months.
   */
  for?: string;
  /**
   * Once its step waits the clock moves on so far before the act.
   */
  after?: string;
}
export interface SimulatedChoice {
  outcome?: string;
  by?: string;
  fields?: {
    /**
     * This interface was referenced by `undefined`'s JSON-Schema definition
     * via the `patternProperty` "^.*$".
     */
    [k: string]: unknown;
  };
}
export interface SimulatedOutput {
  output?: {
    /**
     * This interface was referenced by `undefined`'s JSON-Schema definition
     * via the `patternProperty` "^.*$".
     */
    [k: string]: unknown;
  };
  error?: string;
  /**
   * What it takes, or when whoever was asked calls back: later than waited for is `callback_timeout`. Default: at once, as every called flow.
   */
  after?: string;
}
export interface SimulationLimits {
  events?: number;
  decisions?: number;
  days?: number;
}
export interface SimulatedTask {
  task: string;
  step: StepRef;
  kind: 'userTask' | 'approval';
  item: string | null;
  state: 'open' | 'done' | 'cancelled';
  openedAt: string;
  dueAt: string | null;
  planned: SimulatedDue[];
  holders: SimulatedHolder[];
  outcomes: string[] | null;
  /**
   * It waits for a pool that nobody belongs to.
   */
  nobody: boolean;
  closedAt: string | null;
  outcome: string | null;
  by: PersonRef | null;
}
/**
 * A reminder, or an end action by its name with its role, step or outcome.
 */
export interface SimulatedDue {
  at: string;
  does: string;
  to: string | null;
}
/**
 * Who had it and why, one after another.
 */
export interface SimulatedHolder {
  rev: number;
  at: string;
  person: PersonRef | null;
  pool: PoolRef | null;
  explanation: Explanation;
}
export interface Explanation {
  rule: string;
  inputs: {
    /**
     * This interface was referenced by `undefined`'s JSON-Schema definition
     * via the `patternProperty` "^.*$".
     */
    [k: string]: unknown;
  };
  policy?: string;
  /**
   * Whom the holder stands in for.
   */
  for?: string;
  /**
   * Who was asked instead of whom.
   */
  substitutions?: {
    for: string;
    to: string;
    via?: string[];
  }[];
  /**
   * Away, and nobody stands in.
   */
  absent?: string[];
  policies?: {
    policy: string;
    persons: string[];
  }[];
  /**
   * Who delegated, gave back or added; a name stands in labels.
   */
  by?: string;
  labels: {
    /**
     * This interface was referenced by `undefined`'s JSON-Schema definition
     * via the `patternProperty` "^.*$".
     */
    [k: string]: string;
  };
}
export interface Simulation {
  flow: SimulatedFlow;
  /**
   * Of the case, as it would be at the end.
   */
  title: string;
  end: SimulationEnd;
  warnings: SimulationWarning[];
  tasks: SimulatedTask[];
  conditions: SimulatedCondition[];
  activities: SimulatedActivity[];
  notices: SimulatedNotice[];
  waits: SimulatedWait[];
  events: SimulatedEvent[];
  position: StepRef[];
  incidents: SimulatedIncident[];
  fields: {
    /**
     * This interface was referenced by `undefined`'s JSON-Schema definition
     * via the `patternProperty` "^.*$".
     */
    [k: string]: unknown;
  };
  labels: {
    /**
     * This interface was referenced by `undefined`'s JSON-Schema definition
     * via the `patternProperty` "^.*$".
     */
    [k: string]: string;
  };
  /**
   * Names of persons whose ids stand anywhere in it.
   */
  names: {
    /**
     * This interface was referenced by `undefined`'s JSON-Schema definition
     * via the `patternProperty` "^.*$".
     */
    [k: string]: string;
  };
}
export interface SimulatedFlow {
  key: string;
  title: Text;
  version: number | null;
}
export interface SimulationEnd {
  /**
   * waiting: somebody must act or something must come. incident: stopped, with nothing else to do. refused: an act or a choice was. limit: a bound of the dry run was met.
   */
  why: 'completed' | 'cancelled' | 'waiting' | 'incident' | 'refused' | 'limit';
  at: string;
  outcome: string | null;
  act: number | null;
  step: StepRef | null;
  refusal: SimulatedRefusal | null;
  limit: ('events' | 'decisions' | 'days') | null;
  most: number | null;
}
export interface SimulatedRefusal {
  code: string;
  title: string;
  params: {
    /**
     * This interface was referenced by `undefined`'s JSON-Schema definition
     * via the `patternProperty` "^.*$".
     */
    [k: string]: unknown;
  };
}
/**
 * What would be refused in earnest and was let pass here.
 */
export interface SimulationWarning {
  code: string;
  step: StepRef | null;
  field: string | null;
}
export interface SimulatedCondition {
  rev: number;
  at: string;
  step: StepRef | null;
  property: string | null;
  expression: string;
  inputs: {
    /**
     * This interface was referenced by `undefined`'s JSON-Schema definition
     * via the `patternProperty` "^.*$".
     */
    [k: string]: unknown;
  };
  /**
   * Of a moment an instant.
   */
  value: {
    [k: string]: unknown;
  };
  failed: {
    code: string;
    reason: string;
  } | null;
}
/**
 * Listed, never run.
 */
export interface SimulatedActivity {
  rev: number;
  at: string;
  step: StepRef;
  /**
   * `flow.call` of a step that calls a flow.
   */
  activity: string;
  flow: string | null;
  input: {
    /**
     * This interface was referenced by `undefined`'s JSON-Schema definition
     * via the `patternProperty` "^.*$".
     */
    [k: string]: unknown;
  };
  /**
   * What of the input does not fit: an incident in earnest.
   */
  problems: string[];
  output: {
    /**
     * This interface was referenced by `undefined`'s JSON-Schema definition
     * via the `patternProperty` "^.*$".
     */
    [k: string]: unknown;
  };
  error: string | null;
}
export interface SimulatedNotice {
  rev: number;
  at: string;
  kind: string;
  step: StepRef;
  task: string | null;
  persons: PersonRef[];
  pool: PoolRef | null;
}
export interface SimulatedWait {
  rev: number;
  at: string;
  step: StepRef;
  until: string;
}
export interface SimulatedEvent {
  rev: number;
  at: string;
  type: string;
  step: StepRef | null;
  task: string | null;
  actor: PersonRef | null;
  data: {
    /**
     * This interface was referenced by `undefined`'s JSON-Schema definition
     * via the `patternProperty` "^.*$".
     */
    [k: string]: unknown;
  };
}
export interface SimulatedIncident {
  step: StepRef | null;
  code: string;
  detail: {
    /**
     * This interface was referenced by `undefined`'s JSON-Schema definition
     * via the `patternProperty` "^.*$".
     */
    [k: string]: unknown;
  };
}
export interface ActResult {
  command: string | null;
  state: 'done' | 'pending';
  caseId: string;
  opened: string[];
}
export interface Action {
  outcome: string;
  label: Text;
  intent: 'primary' | 'default' | 'danger';
  comment: 'optional' | 'required' | 'none';
  signature: boolean;
  permissions: {
    [k: string]: Access;
  } | null;
  /**
   * Taking it looks things up, fills fields or may be refused: ask `prepare` while the form is filled.
   */
  prepares: boolean;
  returnsTo: Text | null;
  /**
   * Taking it asks whom one chooses for these steps.
   */
  choices: ChoiceItem[];
}
export interface AddSignersBody {
  /**
   * @minItems 1
   * @maxItems 20
   */
  persons: string[];
  /**
   * They decide before, or after, whoever adds them.
   */
  where: 'before' | 'after';
  comment?: string;
  assignment: number;
}
export interface ClaimBody {
  assignment: number;
}
export interface CompleteBody {
  outcome: string;
  fields: {
    /**
     * This interface was referenced by `undefined`'s JSON-Schema definition
     * via the `patternProperty` "^.*$".
     */
    [k: string]: unknown;
  };
  choices?: Choices;
  comment?: string;
  assignment: number;
  version: number;
  deviceAt?: string;
}
export interface Choices {
  /**
   * @maxItems 20
   *
   * This interface was referenced by `Choices`'s JSON-Schema definition
   * via the `patternProperty` "^.*$".
   */
  [k: string]: string[];
}
export interface DelegateBody {
  to: string;
  comment?: string;
  assignment: number;
}
export interface Draft {
  fields: {
    /**
     * This interface was referenced by `undefined`'s JSON-Schema definition
     * via the `patternProperty` "^.*$".
     */
    [k: string]: unknown;
  };
  comment: string | null;
  updatedAt: string;
}
export interface DraftBody {
  fields: {
    /**
     * This interface was referenced by `undefined`'s JSON-Schema definition
     * via the `patternProperty` "^.*$".
     */
    [k: string]: unknown;
  };
  comment?: string | null;
}
export interface PauseBody {
  assignment: number;
  until: string;
  /**
   * Kept as the comment of the event.
   */
  reason: string;
  waitingFor?: WaitingParty;
}
export interface PauseOptions {
  label: Text | null;
  /**
   * ISO 8601 duration: the farthest `until` from now.
   */
  max: string;
  /**
   * Reasons offered; another may be written.
   */
  reasons: Text[];
  /**
   * Whom the work may wait for.
   */
  waitingFor: WaitingParty[];
}
export interface PositionBranch {
  id: string;
  title: Text | null;
  decision: Text;
  /**
   * Of the step that has it; `handler`: done only when something happens on that step, or on the flow.
   */
  kind: 'exclusive' | 'inclusive' | 'parallel' | 'loop' | 'forEach' | 'race' | 'subProcess' | 'handler';
}
export interface PositionStep {
  step: string;
  kind: string;
  title: Text;
  /**
   * Nesting of branches, 0 at the top.
   */
  depth: number;
  /**
   * The branches it stands in, outermost first.
   */
  branches: PositionBranch[];
  state: 'done' | 'current' | 'upcoming' | 'skipped';
  people: PersonRef[];
  pool: Text | null;
  at: string | null;
  dueAt: string | null;
  /**
   * It happened, or will whatever is decided: not in a branch nobody took yet.
   */
  certain: boolean;
}
export interface PrepareAnswer {
  /**
   * Fields that the act fills by itself, as far as the reader sees them; null empties one.
   */
  set: {
    /**
     * This interface was referenced by `undefined`'s JSON-Schema definition
     * via the `patternProperty` "^.*$".
     */
    [k: string]: unknown;
  };
  /**
   * Why it would be refused as it stands.
   */
  problems: ProblemPath[];
  labels: {
    /**
     * This interface was referenced by `undefined`'s JSON-Schema definition
     * via the `patternProperty` "^.*$".
     */
    [k: string]: string;
  };
}
export interface PrepareBody {
  /**
   * The action that is about to be taken.
   */
  outcome: string;
  fields: {
    /**
     * This interface was referenced by `undefined`'s JSON-Schema definition
     * via the `patternProperty` "^.*$".
     */
    [k: string]: unknown;
  };
}
export interface ReleaseBody {
  assignment: number;
  comment: string;
}
export interface RemoveSignersBody {
  /**
   * @minItems 1
   * @maxItems 20
   */
  persons: string[];
  assignment: number;
}
export interface ResumeBody {
  assignment: number;
}
export interface SummaryField {
  label: Text;
  value: string;
  tone: ('warning' | 'danger') | null;
}
export interface TakeBackBody {
  comment?: string;
}
export interface TaskCounts {
  mine: number;
  pool: number;
  today: number;
  overdue: number;
  /**
   * Unread copies.
   */
  cc: number;
}
export interface TaskDetail {
  task: TaskItem;
  /**
   * Send it back with every act: another number means somebody else holds the task now.
   */
  assignment: number;
  /**
   * Rev of the record that was read; send it back with `complete`.
   */
  version: number;
  /**
   * The reader may decide it now.
   */
  mine: boolean;
  form: FormDefinition;
  permissions: {
    [k: string]: Access;
  };
  fields: {
    /**
     * This interface was referenced by `undefined`'s JSON-Schema definition
     * via the `patternProperty` "^.*$".
     */
    [k: string]: unknown;
  };
  /**
   * Of a task that is about one row: by sub-table the row, which alone is here and may be written.
   */
  ownRows: {
    /**
     * This interface was referenced by `undefined`'s JSON-Schema definition
     * via the `patternProperty` "^.*$".
     */
    [k: string]: string;
  };
  labels: {
    /**
     * This interface was referenced by `undefined`'s JSON-Schema definition
     * via the `patternProperty` "^.*$".
     */
    [k: string]: string;
  };
  draft: Draft | null;
  guide: Text | null;
  actions: Action[];
  allow: TaskAllow;
  /**
   * The reader may stop its clock now.
   */
  mayPause: boolean;
  mayResume: boolean;
  pausing: PauseOptions | null;
  returnTargets: ReturnTarget[];
  /**
   * Whom the reader may leave out again.
   */
  addedSigners: PersonRef[];
  explanation: Explanation;
  /**
   * Whose its time was so far, by party.
   */
  time: TaskTime[];
  timeline: TimelineEntry[];
  position: PositionStep[];
}
export interface TaskItem {
  id: string;
  caseId: string;
  caseNumber: string;
  caseTitle: string;
  flow: string;
  flowTitle: Text;
  step: string;
  title: Text;
  item: string | null;
  summary: SummaryField[];
  state: TaskState;
  initiator: PersonRef;
  holder: PersonRef | null;
  pool: Pool | null;
  communityId: string | null;
  openedAt: string;
  dueAt: string | null;
  dueBy: TaskDueBy | null;
  closedAt: string | null;
  outcome: string | null;
  returned: boolean;
  /**
   * Somebody lets its holder work on it, and gets it back.
   */
  delegated: boolean;
  /**
   * Its holder was added to an approval.
   */
  added: boolean;
  for: PersonRef | null;
  unread: boolean;
  pause: TaskPause | null;
  /**
   * Its case is suspended: nobody acts on it, and its clock stands.
   */
  suspended: boolean;
}
export interface Pool {
  role: string;
  title: Text;
}
export interface TaskDueBy {
  calendar: string;
  title: Text;
  /**
   * The days off of a year on the way are not known yet.
   */
  isGuess: boolean;
  before: string | null;
}
export interface TaskPause {
  since: string;
  until: string;
  reason: string | null;
  waitingFor: WaitingParty | null;
}
export interface TaskAllow {
  claim: boolean;
  release: boolean;
  transfer: boolean;
  return: boolean;
  delegate: boolean;
  addSigners: boolean;
  /**
   * Ask colleagues without giving it away.
   */
  ask: boolean;
  /**
   * Of a task that the reader decided: nobody has gone on from there.
   */
  takeBack: boolean;
}
export interface ReturnTarget {
  step: string;
  title: Text;
  item: string | null;
  itemLabel: string | null;
  /**
   * May be returned to at once with the other items of its step.
   */
  together: boolean;
  by: PersonRef | null;
  at: string | null;
  /**
   * How many more items of the step are done that can no longer be returned to: of many items those done last are kept.
   */
  older: number;
}
export interface TaskTime {
  /**
   * holder: whoever had it. pool: nobody had taken it. suspended: the case stood. Else who was waited for.
   */
  party: 'holder' | 'pool' | 'suspended' | 'initiator' | 'owner' | 'supplier' | 'authority' | 'other';
  /**
   * By the clock on the wall.
   */
  minutes: number;
  workingMinutes: number | null;
}
export interface TimelineEntry {
  rev: number;
  at: string;
  /**
   * case_started, task_completed, task_returned, task_transferred, timer_fired, …
   */
  type: string;
  step: StepRef | null;
  actor: PersonRef | null;
  actingFor?: PersonRef;
  outcome: Text | null;
  comment: string | null;
  changed: string[];
  data: {
    /**
     * This interface was referenced by `undefined`'s JSON-Schema definition
     * via the `patternProperty` "^.*$".
     */
    [k: string]: unknown;
  };
  tookSeconds: number | null;
  explanation?: Explanation;
  labels: {
    /**
     * This interface was referenced by `undefined`'s JSON-Schema definition
     * via the `patternProperty` "^.*$".
     */
    [k: string]: string;
  };
}
export interface TaskPage {
  items: TaskItem[];
  next: string | null;
}
export interface TransferBody {
  to: string;
  comment?: string;
  assignment: number;
}
/**
 * A case that calls, or is called; `case` null: the reader may not see it, or it has not begun.
 */
export interface CalledCase {
  flow: string;
  flowTitle: Text;
  case: CaseLink | null;
}
export interface CaseLink {
  id: string;
  number: string;
  title: string;
  status: CaseStatus;
  outcome: string | null;
}
export interface CaseDetail {
  case: CaseItem;
  form: FormDefinition;
  permissions: {
    [k: string]: Access;
  };
  fields: {
    /**
     * This interface was referenced by `undefined`'s JSON-Schema definition
     * via the `patternProperty` "^.*$".
     */
    [k: string]: unknown;
  };
  labels: {
    /**
     * This interface was referenced by `undefined`'s JSON-Schema definition
     * via the `patternProperty` "^.*$".
     */
    [k: string]: string;
  };
  /**
   * Open tasks the reader may see.
   */
  tasks: TaskItem[];
  myTask: string | null;
  /**
   * Whose the time of its tasks was so far, by party.
   */
  time: TaskTime[];
  timeline: TimelineEntry[];
  position: PositionStep[];
  /**
   * The latest 50, oldest first.
   */
  comments: CommentItem[];
  olderComments: string | null;
  incidents: CaseIncident[];
  parent: CalledCase | null;
  /**
   * Cases that its steps have called, the latest 50.
   */
  children: CalledCase[];
  childrenTotal: number;
  urgeFrom: string | null;
  allow: CaseAllow;
}
export interface CaseItem {
  id: string;
  number: string;
  title: string;
  summary: SummaryField[];
  flow: string;
  flowTitle: Text;
  /**
   * Version of the flow.
   */
  version: number;
  status: CaseStatus;
  outcome: string | null;
  stage: Text | null;
  holders: PersonRef[];
  dueAt: string | null;
  incidents: number;
  communityId: string | null;
  startedBy: PersonRef;
  startedAt: string;
  endedAt: string | null;
}
export interface CommentItem {
  id: string;
  author: PersonRef;
  body: string;
  createdAt: string;
}
export interface CaseIncident {
  id: number;
  step: string | null;
  code: string;
  detail: {
    /**
     * This interface was referenced by `undefined`'s JSON-Schema definition
     * via the `patternProperty` "^.*$".
     */
    [k: string]: unknown;
  };
}
export interface CaseAllow {
  withdraw: boolean;
  urge: boolean;
  comment: boolean;
  cancel: boolean;
  retry: boolean;
  suspend: boolean;
  resume: boolean;
  skip: boolean;
  modify: boolean;
}
export interface CasePage {
  items: CaseItem[];
  next: string | null;
}
export interface CaseStarted {
  command: string;
  state: 'done' | 'pending';
  case: CaseItem;
  tasks: TaskItem[];
}
export interface CommentBody {
  body: string;
}
export interface CommentPage {
  items: CommentItem[];
  next: string | null;
}
export interface MigrateAllBody {
  /**
   * Version of the flow; the current one when not given.
   */
  to?: number;
  /**
   * Steps that are called otherwise in the new version, by their present id.
   */
  mapping?: {
    /**
     * This interface was referenced by `undefined`'s JSON-Schema definition
     * via the `patternProperty` "^[a-z][a-z0-9_]{0,39}$".
     */
    [k: string]: string;
  };
  /**
   * Clocks that go keep their time, or begin anew. Default: keep.
   */
  timers?: 'keep' | 'reset';
  /**
   * Only says what would become of it.
   */
  dryRun?: boolean;
  /**
   * Kept as the comment of the event.
   */
  reason?: string;
  /**
   * Only cases of this version.
   */
  from?: number;
  /**
   * Only those after this one: the last of the report before.
   */
  after?: string;
  /**
   * Only these; else all that are open.
   *
   * @minItems 1
   * @maxItems 200
   */
  cases?: string[];
}
export interface MigrateBody {
  /**
   * Version of the flow; the current one when not given.
   */
  to?: number;
  /**
   * Steps that are called otherwise in the new version, by their present id.
   */
  mapping?: {
    /**
     * This interface was referenced by `undefined`'s JSON-Schema definition
     * via the `patternProperty` "^[a-z][a-z0-9_]{0,39}$".
     */
    [k: string]: string;
  };
  /**
   * Clocks that go keep their time, or begin anew. Default: keep.
   */
  timers?: 'keep' | 'reset';
  /**
   * Only says what would become of it.
   */
  dryRun?: boolean;
  /**
   * Kept as the comment of the event.
   */
  reason?: string;
}
export interface MigratedCase {
  caseId: string;
  verdict: 'ok' | 'refused';
  state: ('done' | 'pending') | null;
  code: string | null;
  detail: string | null;
  reason: string | null;
  step: string | null;
}
export interface MigratedCases {
  items: MigratedCase[];
  /**
   * Cases after these: ask again, with `after`.
   */
  remaining: number;
}
export interface ModifyBody {
  /**
   * Steps that are taken away.
   *
   * @maxItems 100
   */
  cancel: Place[];
  /**
   * Steps that begin.
   *
   * @maxItems 100
   */
  start: Place[];
  /**
   * Undo what service steps did where it goes back over them. Default: true.
   */
  compensate?: boolean;
  /**
   * Kept as the comment of the event.
   */
  reason: string;
}
export interface Place {
  step: string;
  /**
   * Its rounds.
   */
  item?: string;
}
export interface ModifyPlanBody {
  /**
   * Steps that are taken away.
   *
   * @maxItems 100
   */
  cancel: Place[];
  /**
   * Steps that begin.
   *
   * @maxItems 100
   */
  start: Place[];
  /**
   * Undo what service steps did where it goes back over them. Default: true.
   */
  compensate?: boolean;
}
export interface ReasonBody {
  /**
   * Kept as the comment of the event.
   */
  reason: string;
}
export interface RetryBody {
  incident: number;
}
export interface SkipBody {
  /**
   * The step that waits; or name an incident.
   */
  step?: string;
  /**
   * Its round, where it waits in several.
   */
  item?: string;
  incident?: number;
  /**
   * Of a human step: what it counts as.
   */
  outcome?: string;
  /**
   * Kept as the comment of the event.
   */
  reason: string;
}
export interface StartBody {
  fields: {
    /**
     * This interface was referenced by `undefined`'s JSON-Schema definition
     * via the `patternProperty` "^.*$".
     */
    [k: string]: unknown;
  };
  /**
   * Where the record does not say it (a public area) and the person has several.
   */
  communityId?: string | null;
  choices?: Choices;
}
export interface Urged {
  /**
   * Persons who were told.
   */
  reached: number;
}
export interface WithdrawBody {
  comment: string;
}
/**
 * What the filters offer.
 */
export interface CaseFacets {
  flows: {
    key: string;
    title: Text;
    stages: {
      step: string;
      title: Text;
    }[];
  }[];
}
export interface CaseMatch {
  part: string;
  label: Text | null;
  excerpt: string | null;
}
/**
 * A case, and where the words stand that its number and title do not show.
 */
export interface FoundCase {
  case: CaseItem;
  matches: CaseMatch[];
}
export interface FoundCasePage {
  items: FoundCase[];
  next: string | null;
}
export interface SavedView {
  id: string;
  name: string;
  query: string;
  createdAt: string;
}
export interface SavedViewBody {
  name: string;
  /**
   * The query string of the page.
   */
  query: string;
}
export interface SavedViews {
  items: SavedView[];
}
export interface Overview {
  at: string;
  cases: OverviewCases | null;
  staff: OverviewStaff | null;
}
/**
 * Null without the verb case.read.
 */
export interface OverviewCases {
  numbers: OverviewNumbers;
  stages: OverviewStage[];
  /**
   * At most 20, most cases first.
   */
  workload: OverviewLoad[];
  communities: OverviewCommunity[];
}
export interface OverviewNumbers {
  running: number;
  /**
   * Running cases with an open task whose due time is over.
   */
  overdue: number;
  /**
   * Of these, those told to somebody higher up.
   */
  escalated: number;
  /**
   * Running cases that a fault holds up.
   */
  incidents: number;
}
export interface OverviewStage {
  flow: string;
  flowTitle: Text;
  step: string;
  title: Text;
  cases: number;
  overdue: number;
}
/**
 * Running cases in which the person holds an open task.
 */
export interface OverviewLoad {
  person: PersonRef;
  cases: number;
  overdue: number;
}
export interface OverviewCommunity {
  id: string;
  name: string;
  numbers: OverviewNumbers;
}
export interface OverviewStaff {
  employees: number;
  departments: OverviewDepartment[];
}
export interface OverviewDepartment {
  name: string;
  employees: number;
}
export interface Hint {
  /**
   * `watch`: a case that the reader may look at; it waits for them no more than before.
   */
  kind: 'task' | 'case' | 'notification' | 'watch' | 'resync';
  caseId: string | null;
  taskId: string | null;
}
export interface Panel {
  key: string;
  title: Text;
  empty: Text;
  form: FormDefinition;
  /**
   * Fields of the form, in this order.
   */
  columns: string[];
  /**
   * At most 200.
   */
  rows: PanelRow[];
  /**
   * A row is a sum, not one record: how many there are says nothing.
   */
  summed: boolean;
  start: PanelStart | null;
}
export interface PanelRow {
  fields: {
    /**
     * This interface was referenced by `undefined`'s JSON-Schema definition
     * via the `patternProperty` "^.*$".
     */
    [k: string]: unknown;
  };
  labels: {
    /**
     * This interface was referenced by `undefined`'s JSON-Schema definition
     * via the `patternProperty` "^.*$".
     */
    [k: string]: string;
  };
  caseId: string | null;
}
export interface PanelStart {
  flow: string;
  label: Text;
}
export interface Panels {
  items: Panel[];
}
export interface Backup {
  at: string;
  bytes: number;
  parts: BackupPart[];
}
export interface BackupPart {
  what: string;
  bytes: number;
}
export interface CodecKeyUse {
  id: string;
  /**
   * It encrypts.
   */
  isCurrent: boolean;
  /**
   * It is in GUANJIA_CODEC_KEYS.
   */
  isConfigured: boolean;
  runningCases: number | null;
  scannedAt: string | null;
  retiresAt: string | null;
}
export interface Interpreter {
  /**
   * Of the sources that interpret cases.
   */
  id: string;
  /**
   * Of the program that brought it.
   */
  version: string;
  node: string;
  /**
   * The one this process brings.
   */
  isCurrent: boolean;
  lastStartedAt: string;
  runningCases: number | null;
}
export interface Upgrade {
  versions: {
    guanjia: string;
    node: string;
    postgres: string;
    temporal: string | null;
  };
  /**
   * Those without a moment are still to be run.
   */
  migrations: MigrationRun[];
  runningCases: number | null;
  interpreters: Interpreter[];
  codecKeys: CodecKeyUse[];
  checkpoint: Checkpoint | null;
  lastBackup: Backup | null;
}
export interface MigrationRun {
  name: string;
  at: string | null;
}
/**
 * One that is under way or was broken off.
 */
export interface Checkpoint {
  startedAt: string;
  total: number;
  left: number | null;
}
export interface HandOver {
  id: string;
  person: PersonRef;
  createdAt: string;
  items: HandOverItem[];
}
export interface HandOverItem {
  task: string;
  to: PersonRef | null;
  state: 'pending' | 'done' | 'failed';
  code: string | null;
}
export interface HandOverBody {
  to?: string | null;
  byFlow?: {
    /**
     * This interface was referenced by `undefined`'s JSON-Schema definition
     * via the `patternProperty` "^.*$".
     */
    [k: string]: string;
  };
  byCommunity?: {
    /**
     * This interface was referenced by `undefined`'s JSON-Schema definition
     * via the `patternProperty` "^.*$".
     */
    [k: string]: string;
  };
  /**
   * What was taken from a pool goes back there.
   */
  claimedToPool: boolean;
}
export interface HandOverPreview {
  person: PersonRef;
  /**
   * What the person holds, as far as the reader may see it.
   */
  tasks: TaskItem[];
  /**
   * Of these those taken from a pool: they may go back there.
   */
  claimed: string[];
  /**
   * Substitutions in force in which the person stands in, or is stood in for.
   */
  substitutions: number;
  /**
   * Published flows whose rules name the person.
   */
  flows: NamingFlow[];
}
export interface NamingFlow {
  key: string;
  title: Text;
}
export interface Substitution {
  id: string;
  person: PersonRef;
  substitute: PersonRef;
  from: string;
  to: string | null;
  flows: string[] | null;
  communities: string[] | null;
  createdBy: PersonRef;
  createdAt: string;
  /**
   * It counts today.
   */
  active: boolean;
}
export interface SubstitutionBody {
  person?: string;
  substitute: string;
  from: string;
  to?: string | null;
  flows?: string[] | null;
  communities?: string[] | null;
  /**
   * Also what is open now, where the scope holds it and it counts today.
   */
  handOverOpen: boolean;
}
export interface SubstitutionList {
  /**
   * Those not ended: of the person, and those they stand in for.
   */
  items: Substitution[];
}
export interface SubstitutionMade {
  substitution: Substitution;
  /**
   * Open tasks that went to the substitute.
   */
  handedOver: number;
  /**
   * Open tasks that the substitute may not have: they stay.
   */
  kept: number;
}
export interface AnswerBody {
  body: string;
}
export interface AskBody {
  /**
   * @minItems 1
   * @maxItems 20
   */
  persons: string[];
  body: string;
  assignment: number;
}
export interface Question {
  id: string;
  caseId: string;
  taskId: string;
  askedBy: PersonRef;
  body: string;
  askedAt: string;
  /**
   * Neither ended nor its task closed: it may be answered.
   */
  open: boolean;
  people: AskedPerson[];
}
export interface AskedPerson {
  person: PersonRef;
  answer: string | null;
  answeredAt: string | null;
}
export interface QuestionList {
  items: Question[];
}
export interface WaitingQuestion {
  id: string;
  caseId: string;
  caseNumber: string;
  caseTitle: string;
  flowTitle: Text;
  step: Text;
  askedBy: PersonRef;
  body: string;
  askedAt: string;
}
export interface WaitingQuestions {
  items: WaitingQuestion[];
  next: string | null;
}
export interface PlannedTask {
  step: string;
  title: Text;
  item: string | null;
  holder: PersonRef | null;
  pool: Text | null;
}
export interface ReturnBody {
  to: string;
  /**
   * Of a target in items: which of them. Several only to redo; left out: the item that the task is in.
   *
   * @minItems 1
   * @maxItems 200
   */
  items?: string[];
  mode: 'redo' | 'straightBack';
  comment: string;
  assignment: number;
}
export interface ReturnPlan {
  /**
   * Open tasks, besides the returned one, that it closes.
   */
  cancels: PlannedTask[];
  /**
   * Open tasks that go on beside it.
   */
  stays: PlannedTask[];
  /**
   * Service steps whose effects are undone first, in this order.
   */
  compensates: PlannedCompensation[];
  opens: PlannedTask[];
}
export interface PlannedCompensation {
  step: string;
  title: Text;
  item: string | null;
}
