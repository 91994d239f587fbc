// Generated from workflows/engine/flow.schema.json by `npm run gen`. Do not edit.

/**
 * A property of the form's schema.
 */
export type Field = string;
export type Step = UserTask | Approval | Cc | ServiceTask | Exclusive | End;
/**
 * Unique in the flow; keeps its meaning over versions.
 */
export type StepId = string;
/**
 * Who gets the work. pool, field, initiator and previous are decided by the engine alone; the others read the organisation and cost one more history event.
 */
export type Assign =
  | {
      rule: 'pool';
      /**
       * One task row for all who hold the role in the case's community; one of them claims it.
       */
      role: string;
    }
  | {
      rule: 'field';
      /**
       * A property of the form's schema.
       */
      field: string;
    }
  | {
      rule: 'initiator';
    }
  | {
      rule: 'previous';
      /**
       * Unique in the flow; keeps its meaning over versions.
       */
      step?: string;
    }
  | {
      rule: 'persons';
      /**
       * @minItems 1
       */
      persons: string[];
    }
  | {
      rule: 'role';
      /**
       * Each holder of the role in the case's community, by name (an approval by all of them).
       */
      role: string;
    }
  | {
      rule: 'departmentHead';
      of?: 'initiator' | 'previous';
      levels?: number;
    }
  | {
      rule: 'post';
      /**
       * Code of a post; its holders in the case's community.
       */
      post: string;
    }
  | {
      rule: 'leastLoaded';
      /**
       * The holder of the role with the fewest open tasks; ties go to whose last task is oldest.
       */
      role: string;
    };
export type Outcome = string;
/**
 * ISO 8601 duration without years and months, some decades at most; a day is 24 h of wall-clock time.
 */
export type Duration = string;
/**
 * FEEL. Names are fields of the form, `initiator`, `outcomes.<step>` and `now`.
 */
export type Expression = string;
/**
 * Steps done one after another.
 */
export type Sequence = Step[];

/**
 * A flow: a tree of steps bound to one case form type. What a manager edits, what check() refuses, what the engine runs.
 */
export interface Flow {
  /**
   * For editors only.
   */
  $schema?: string;
  /**
   * Names the flow for ever; also the Temporal workflow type.
   */
  key: string;
  title: Text;
  description?: Text;
  /**
   * Name of an icon of the set the screens use.
   */
  icon?: string;
  /**
   * Key of the case form type whose record all steps fill.
   */
  form: string;
  /**
   * FEEL over the record, evaluated outside the engine when a delta is applied (protocol.md rule 16). Names a case in lists.
   */
  caseTitle?: string;
  /**
   * Fields shown under the title in lists, at most three are shown.
   */
  summary?: Field[];
  /**
   * Frozen into a published version: an interpreter upgrade that changes meaning takes a new number.
   */
  engineSemantics?: 1;
  start: Start;
  steps: Sequence;
}
/**
 * A text people see, in both languages.
 */
export interface Text {
  'zh-CN': string;
  en: string;
}
/**
 * The first act: the initiator fills the record and the case begins.
 */
export interface Start {
  /**
   * Role keys whose holders may start it; `owner` and `tenant` stand for the parties of a unit.
   *
   * @minItems 1
   */
  who: string[];
  fields: Permissions;
  guide?: Text;
  label?: Text1;
}
/**
 * What a step may do with each field; a field not named is `read`.
 */
export interface Permissions {
  [k: string]: 'hidden' | 'read' | 'edit' | 'required';
}
/**
 * A text people see, in both languages.
 */
export interface Text1 {
  'zh-CN': string;
  en: string;
}
/**
 * One person, or a pool of which one claims, does a piece of work and fills fields.
 */
export interface UserTask {
  id: StepId;
  kind: 'userTask';
  title: Text;
  stage?: Text2;
  guide?: Text3;
  people: People;
  fields?: Permissions;
  summary?: Field[];
  /**
   * Default: one primary action `done`.
   *
   * @minItems 1
   */
  actions?: Action[];
  due?: Due;
  allow?: Allow;
}
/**
 * A text people see, in both languages.
 */
export interface Text2 {
  'zh-CN': string;
  en: string;
}
/**
 * A text people see, in both languages.
 */
export interface Text3 {
  'zh-CN': string;
  en: string;
}
/**
 * The people rule of a human step with its policies.
 */
export interface People {
  assign: Assign;
  /**
   * What happens when the rule finds nobody: never stuck. `{role}` opens a pool of that role.
   */
  whenEmpty?:
    | ('skip' | 'incident')
    | {
        role: string;
      };
  /**
   * The approver is the initiator: ask all the same, or skip.
   */
  whenInitiator?: 'keep' | 'skip';
}
/**
 * A button of the step, in the order of the list.
 */
export interface Action {
  outcome: Outcome;
  label: Text;
  intent?: 'primary' | 'default' | 'danger';
  comment?: 'optional' | 'required' | 'none';
  signature?: boolean;
  fields?: Permissions1;
  /**
   * The action sends the case back to an earlier human step instead of going on.
   */
  returnTo?: {
    step: StepId;
    mode?: 'redo' | 'straightBack';
  };
}
/**
 * What a step may do with each field; a field not named is `read`.
 */
export interface Permissions1 {
  [k: string]: 'hidden' | 'read' | 'edit' | 'required';
}
/**
 * The budget of time for a task, what is said before and after, and what ends it.
 */
export interface Due {
  in: Duration;
  /**
   * Wall-clock time. Working calendars take another value here.
   */
  calendar?: 'wall';
  /**
   * Reminders to the holders: `before` the due time, or `after` it, once or again `every` so long (at most `times`, 50 unless said).
   */
  remind?: (
    | {
        before: Duration;
      }
    | {
        after: Duration;
        every?: Duration;
        times?: number;
      }
  )[];
  /**
   * What happens at the due time.
   */
  then?:
    | {
        do: 'remind';
      }
    | {
        do: 'escalate';
        /**
         * Role whose holders are told; the task stays where it is.
         */
        to: string;
        /**
         * ISO 8601 duration without years and months, some decades at most; a day is 24 h of wall-clock time.
         */
        after?: string;
      }
    | {
        do: 'transfer';
        people: People;
      }
    | {
        do: 'complete';
        outcome: Outcome;
      }
    | {
        do: 'return';
        step: StepId;
      };
}
/**
 * Acts beside the outcomes; each is allowed unless the flow forbids it.
 */
export interface Allow {
  return?: boolean;
  transfer?: boolean;
  claim?: boolean;
  /**
   * The initiator may withdraw the case while it waits here.
   */
  withdraw?: boolean;
  urge?: boolean;
}
/**
 * Several people decide. `any`: the first decision counts (或签). `all`: all must approve, one rejection rejects (会签). Outcomes are `approved` and `rejected`.
 */
export interface Approval {
  id: StepId;
  kind: 'approval';
  title: Text;
  stage?: Text;
  guide?: Text;
  mode: 'any' | 'all';
  people: People;
  fields?: Permissions;
  summary?: Field[];
  /**
   * Default: `approved` and `rejected`.
   *
   * @minItems 1
   */
  actions?: Action[];
  /**
   * `end` ends the case with the outcome `rejected`.
   */
  onRejected?: 'continue' | 'end';
  due?: Due;
  allow?: Allow;
}
/**
 * Tells people; nobody is waited for, the read state is kept.
 */
export interface Cc {
  id: StepId;
  kind: 'cc';
  title: Text;
  people: People;
}
/**
 * Calls an activity by name. Its input is mapped outside the engine, against the record at the revision that caused it.
 */
export interface ServiceTask {
  id: StepId;
  kind: 'serviceTask';
  title: Text;
  activity: string;
  /**
   * Property of the activity's input → FEEL over the record.
   */
  input?: {
    [k: string]: Expression;
  };
  /**
   * Field → property of the activity's output.
   */
  output?: {
    [k: string]: string;
  };
  /**
   * When a return crosses it and the case comes by once more (protocol.md rule 22).
   */
  again: 'run' | 'skip';
}
/**
 * The first branch whose condition is true; `otherwise` when none is.
 */
export interface Exclusive {
  id: StepId;
  kind: 'exclusive';
  title: Text;
  /**
   * @minItems 1
   */
  branches: {
    title: Text;
    when: Expression;
    steps: Sequence;
  }[];
  otherwise: {
    title?: Text;
    steps: Sequence;
  };
}
/**
 * Ends the case here with an outcome.
 */
export interface End {
  id: StepId;
  kind: 'end';
  title?: Text;
  outcome: Outcome;
}
