// Generated from workflows/engine/flow.schema.json by `npm run gen`. Do not edit.

/**
 * A property of the form's schema.
 */
export type Field = string;
/**
 * Unique in the flow; keeps its meaning over versions.
 */
export type StepId = string;
/**
 * Who never handles any step of the flow, whatever rule, act or substitution would bring it to them: the subject of a complaint.
 *
 * @minItems 1
 * @maxItems 9
 */
export type Never = (
  | 'initiator'
  | {
      field: Field;
    }
  | {
      step: StepId;
    }
)[];
/**
 * FEEL. Names are fields of the form, `initiator`, `outcomes.<step>`, `times.<step>` (how often people or due actions decided that step so far, in all rounds and items), `now` and `today`; inside forEach also the item and `index`.
 */
export type Expression = string;
/**
 * A start by something else than a person. `id` names it over versions. `fields` maps the record: field → FEEL.
 */
export type Starter =
  | {
      id: Key;
      /**
       * A message that no waiting case takes.
       */
      by: 'message';
      /**
       * Of the message.
       */
      name: string;
      /**
       * While a case that it started for the key runs, another message of the key starts none.
       */
      oneAKey?: boolean;
      /**
       * FEEL. Names are fields of the form, `initiator`, `outcomes.<step>`, `times.<step>` (how often people or due actions decided that step so far, in all rounds and items), `now` and `today`; inside forEach also the item and `index`.
       */
      community?: string;
      fields: StartFields;
      initiator?: StarterInitiator;
    }
  | {
      id: Key;
      /**
       * Time, in every community by its own clock.
       */
      by: 'schedule';
      /**
       * RFC 5545, such as `FREQ=MONTHLY;BYMONTHDAY=25`; hourly is the most often.
       */
      rrule: string;
      /**
       * DTSTART: the local date and time from which it counts, and whose time of day it keeps.
       */
      from: string;
      /**
       * Codes of the communities it runs in. Default: all, also those that come later.
       *
       * @minItems 1
       */
      communities?: string[];
      /**
       * What becomes of an occurrence on a day that the register of holidays has as a day off.
       */
      onHoliday?: 'run' | 'skip';
      /**
       * How late an occurrence may still start its case, after a stop of the system; an older one is skipped and counted. Default: `P1D`.
       */
      catchUp?: string;
      fields: StartFields1;
      initiator?: StarterInitiator;
    }
  | {
      id: Key;
      /**
       * A record that was written, in its community.
       */
      by: 'record';
      /**
       * Key of its form type; not the flow’s own.
       */
      form: string;
      event: 'created' | 'changed';
      /**
       * changed: one of these fields has another value now. Default: any; sub-tables and files do not count.
       *
       * @minItems 1
       */
      changes?: Field[];
      /**
       * FEEL. Names are fields of the form, `initiator`, `outcomes.<step>`, `times.<step>` (how often people or due actions decided that step so far, in all rounds and items), `now` and `today`; inside forEach also the item and `index`.
       */
      when?: string;
      fields: StartFields2;
      initiator?: StarterInitiator;
    };
export type Key = string;
/**
 * Whose case it is. Default: of a record its author, else the system, who holds no task and is told nothing.
 */
export type StarterInitiator =
  | {
      rule: 'system';
    }
  | {
      /**
       * Who wrote the record; the system where nobody did.
       */
      rule: 'author';
    }
  | {
      rule: 'role';
      /**
       * Who has held it longest in the community.
       */
      role: string;
    };
export type Step =
  | UserTask
  | Approval
  | Cc
  | ServiceTask
  | Exclusive
  | Inclusive
  | Parallel
  | Loop
  | ForEach
  | Timer
  | Receive
  | Race
  | Throw
  | CallActivity
  | SubProcess
  | Jump
  | End;
/**
 * Who gets the work. pool and initiator are decided by the engine alone; field, previous and choices name people whom the organisation only confirms; the others ask it. Each look at the organisation costs one more history event.
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
       * A person field of the form; inside forEach also `<name>.<column>` of the item, or `<name>` where the items are people.
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
      rule: 'consecutiveLevels';
      of?: 'initiator' | 'previous';
      /**
       * How many levels at most.
       */
      levels?: number;
      /**
       * The last who is asked: the first head on the way up who holds this post or role.
       */
      upTo?:
        | {
            post: string;
          }
        | {
            role: string;
          };
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
    }
  | {
      rule: 'roundRobin';
      /**
       * The holder of the role whose last task is oldest: taken in turns without a counter (protocol.md rule 17).
       */
      role: string;
    }
  | {
      rule: 'onDuty';
      /**
       * The holder of the role who is on duty now by the community’s duty roster (form type `duty`); of several the one whose last task is oldest.
       */
      role: string;
    }
  | {
      rule: 'initiatorsChoice';
      among?: Among;
      /**
       * How many may be chosen; a task of one person takes the first.
       */
      most?: number;
    }
  | {
      rule: 'previousHandlersChoice';
      /**
       * Unique in the flow; keeps its meaning over versions.
       */
      step?: string;
      among?: Among;
      /**
       * How many may be chosen; a task of one person takes the first.
       */
      most?: number;
    }
  | {
      rule: 'expression';
      /**
       * FEEL. Names are fields of the form, `initiator`, `outcomes.<step>`, `times.<step>` (how often people or due actions decided that step so far, in all rounds and items), `now` and `today`; inside forEach also the item and `index`.
       */
      expression: string;
    };
/**
 * Who may be chosen: anybody of the staff of the case’s community, those of the department of whoever chooses, or the holders of a role.
 */
export type Among =
  | ('staff' | 'department')
  | {
      role: string;
    };
/**
 * People who never hold the work, receive it, claim it or stand in for it: the initiator, whoever a person field names, whoever handled a step.
 *
 * @minItems 1
 * @maxItems 9
 */
export type Never1 = (
  | 'initiator'
  | {
      field: Field;
    }
  | {
      step: StepId;
    }
)[];
export type Outcome = string;
/**
 * ISO 8601 duration without years and months, some decades at most; a day is 24 h of wall-clock time, or a working day where a calendar is named.
 */
export type Duration = string;
/**
 * An end action of a due time.
 */
export type DueAction =
  | {
      do: 'remind';
      /**
       * ISO 8601 duration without years and months, some decades at most; a day is 24 h of wall-clock time, or a working day where a calendar is named.
       */
      after?: string;
    }
  | {
      do: 'escalate';
      /**
       * Role whose holders are told; the task stays where it is.
       */
      to: string;
      /**
       * ISO 8601 duration without years and months, some decades at most; a day is 24 h of wall-clock time, or a working day where a calendar is named.
       */
      after?: string;
    }
  | {
      do: 'transfer';
      people: People;
      /**
       * ISO 8601 duration without years and months, some decades at most; a day is 24 h of wall-clock time, or a working day where a calendar is named.
       */
      after?: string;
    }
  | {
      do: 'complete';
      outcome: Outcome;
      /**
       * ISO 8601 duration without years and months, some decades at most; a day is 24 h of wall-clock time, or a working day where a calendar is named.
       */
      after?: string;
    }
  | {
      do: 'return';
      step: StepId;
      /**
       * ISO 8601 duration without years and months, some decades at most; a day is 24 h of wall-clock time, or a working day where a calendar is named.
       */
      after?: string;
    };
/**
 * Whom work may wait for: the initiator, the owner (业主), a supplier, a public authority, or another.
 */
export type Party = 'initiator' | 'owner' | 'supplier' | 'authority' | 'other';
/**
 * Something that may happen while what it is on is open, and the branch that is done then. `cancel`, on the flow or a sub-process: done when the case is withdrawn or cancelled meanwhile; then the case is over. Cancelled once more, it is over at once. `compensation`, on a step: how the step is undone once it is done, when a return goes back over it, when the case is cancelled, or when a `throw` asks for it; of what was done within the step nothing else is undone then.
 */
export type Handler =
  | {
      catch: 'timer';
      /**
       * Unique in the flow; keeps its meaning over versions.
       */
      id: string;
      title?: Text;
      /**
       * ISO 8601 duration without years and months, some decades at most; a day is 24 h of wall-clock time, or a working day where a calendar is named.
       */
      in?: string;
      /**
       * FEEL. Names are fields of the form, `initiator`, `outcomes.<step>`, `times.<step>` (how often people or due actions decided that step so far, in all rounds and items), `now` and `today`; inside forEach also the item and `index`.
       */
      at?: string;
      /**
       * ISO 8601 duration without years and months, some decades at most; a day is 24 h of wall-clock time, or a working day where a calendar is named.
       */
      every?: string;
      /**
       * How often in all.
       */
      times?: number;
      /**
       * The time that `in` and `every` are counted in.
       */
      calendar?: string;
      interrupting?: Interrupting;
      steps: Sequence;
    }
  | {
      catch: 'message';
      id: StepId;
      title?: Text;
      name: Key;
      /**
       * FEEL. Names are fields of the form, `initiator`, `outcomes.<step>`, `times.<step>` (how often people or due actions decided that step so far, in all rounds and items), `now` and `today`; inside forEach also the item and `index`.
       */
      key: string;
      early?: boolean;
      output?: Output;
      interrupting?: Interrupting;
      steps: Sequence;
    }
  | {
      catch: 'signal';
      id: StepId;
      title?: Text;
      name: Key;
      output?: Output;
      interrupting?: Interrupting;
      steps: Sequence;
    }
  | {
      catch: 'error';
      id: StepId;
      title?: Text;
      /**
       * Codes of error ends and of activities’ business errors; any, when not given. Always interrupts. A technical failure is no error of the flow but an incident.
       *
       * @minItems 1
       */
      codes?: string[];
      steps: Sequence;
    }
  | {
      catch: 'escalation';
      id: StepId;
      title?: Text;
      /**
       * Of a throw inside; any, when not given.
       */
      code?: string;
      interrupting?: Interrupting;
      steps: Sequence;
    }
  | {
      catch: 'condition';
      id: StepId;
      title?: Text;
      /**
       * FEEL. Names are fields of the form, `initiator`, `outcomes.<step>`, `times.<step>` (how often people or due actions decided that step so far, in all rounds and items), `now` and `today`; inside forEach also the item and `index`.
       */
      when: string;
      interrupting?: Interrupting;
      steps: Sequence;
    }
  | {
      catch: 'cancel';
      id: StepId;
      title?: Text;
      steps: Sequence;
    }
  | {
      catch: 'compensation';
      id: StepId;
      title?: Text;
      steps: Sequence;
    };
/**
 * Its branch takes the place of what it is on; false: it runs beside, and may happen several times.
 */
export type Interrupting = boolean;
/**
 * What may happen meanwhile and what is done then: on the flow or a sub-process BPMN’s event sub-processes, on a single step its boundary events. Of an interrupting handler the branch takes the place of what it is on, and the case goes on behind that. A branch that runs beside belongs to the nearest scope, which waits for it; it outlives the step it is on, and closes when the scope does, or when a return or a cancelled branch undoes the step (protocol.md rule 20).
 *
 * @minItems 1
 * @maxItems 20
 */
export type Handlers = Handler[];
/**
 * What a branch of a race waits for.
 */
export type Wait =
  | {
      catch: 'timer';
      /**
       * ISO 8601 duration without years and months, some decades at most; a day is 24 h of wall-clock time, or a working day where a calendar is named.
       */
      in?: string;
      /**
       * FEEL. Names are fields of the form, `initiator`, `outcomes.<step>`, `times.<step>` (how often people or due actions decided that step so far, in all rounds and items), `now` and `today`; inside forEach also the item and `index`.
       */
      at?: string;
      /**
       * The time that `in` is counted in.
       */
      calendar?: string;
    }
  | {
      catch: 'message';
      name: Key;
      /**
       * FEEL. Names are fields of the form, `initiator`, `outcomes.<step>`, `times.<step>` (how often people or due actions decided that step so far, in all rounds and items), `now` and `today`; inside forEach also the item and `index`.
       */
      key: string;
      early?: boolean;
      output?: Output;
    }
  | {
      catch: 'signal';
      name: Key;
      output?: Output;
    }
  | {
      catch: 'condition';
      /**
       * FEEL. Names are fields of the form, `initiator`, `outcomes.<step>`, `times.<step>` (how often people or due actions decided that step so far, in all rounds and items), `now` and `today`; inside forEach also the item and `index`.
       */
      when: string;
    };
/**
 * Sends a message (to whoever waits for its name and key), a signal (to all who wait for its name), or an escalation (to the nearest handler around it; without one it is only in the log), or undoes what was done (BPMN’s compensation). A message or signal is handed over, and what is to be undone is undone, before the case goes on.
 */
export type Throw =
  | {
      send: 'message';
      id: StepId;
      kind: 'throw';
      title: Text;
      name: Key;
      /**
       * FEEL. Names are fields of the form, `initiator`, `outcomes.<step>`, `times.<step>` (how often people or due actions decided that step so far, in all rounds and items), `now` and `today`; inside forEach also the item and `index`.
       */
      key: string;
      input?: Input;
      again?: Again;
    }
  | {
      send: 'signal';
      id: StepId;
      kind: 'throw';
      title: Text;
      name: Key;
      input?: Input;
      again?: Again;
    }
  | {
      send: 'escalation';
      id: StepId;
      kind: 'throw';
      title: Text;
      code: Key;
    }
  | {
      send: 'compensation';
      id: StepId;
      kind: 'throw';
      title: Text;
      /**
       * Unique in the flow; keeps its meaning over versions.
       */
      of?: string;
      /**
       * One after another, the last that was done first; or all of it at the same time.
       */
      mode?: 'sequential' | 'parallel';
    };
/**
 * When a return crosses it and the case comes by once more: send again, or not.
 */
export type Again = 'run' | 'skip';
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
  never?: Never;
  /**
   * Frozen into a published version: an interpreter upgrade that changes meaning takes a new number.
   */
  engineSemantics?: 1;
  start: Start;
  steps: Sequence;
  on?: Handlers;
  /**
   * The BPMN file that it was taken over from. Its export is in that file again, as long as its steps are those of the file.
   */
  bpmn?: {
    /**
     * Id of the process in the file.
     */
    process: string;
    /**
     * The file as it came in.
     */
    xml: string;
  };
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
  prepare?: Prepare;
  /**
   * What starts a case besides people. Its cases fill the record by a mapping, once for each message, occurrence or change.
   *
   * @minItems 1
   * @maxItems 10
   */
  on?: Starter[];
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
 * What the server does with an act before it is accepted, outside the engine and in the same transaction (protocol.md rule 10: whatever can be refused is refused before): looks things up in records, sets fields, refuses with a sentence. The screen shows the same answers while the person still writes. Names in its expressions: the fields of the form as the act leaves them, the lookups before, `person` (id, name, phone, roles, employee, party of who acts), `number`, `now`, `today`.
 */
export interface Prepare {
  /**
   * @maxItems 20
   */
  lookups?: Lookup[];
  /**
   * Field → FEEL. Written whatever the person may write there; in the order of the object.
   */
  set?: {
    [k: string]: Expression;
  };
  /**
   * @maxItems 20
   */
  refuse?: RefuseRule[];
}
/**
 * One question to the records of a form type in the community of the case (or the company), with the authority of whoever published the flow. Nothing found: null, 0 or an empty list.
 */
export interface Lookup {
  /**
   * A property of the form's schema.
   */
  name: string;
  form: string;
  /**
   * @maxItems 10
   */
  where?: {
    /**
     * A field of that form type, or `id`; of a case form type also `caseStatus`.
     */
    field: string;
    op: '=' | '!=' | '<' | '<=' | '>' | '>=' | 'in';
    value: Expression;
  }[];
  /**
   * one: the first record as a context of its fields. count. sum: of `field`. list: of `field`, at most 500. label: the first record’s name.
   */
  take: 'one' | 'count' | 'sum' | 'list' | 'label';
  field?: Field;
  order?: {
    field: Field;
    descending?: boolean;
  };
}
export interface RefuseRule {
  when: Expression;
  message: Text2;
  /**
   * A property of the form's schema.
   */
  field?: string;
}
/**
 * A text people see, in both languages.
 */
export interface Text2 {
  'zh-CN': string;
  en: string;
}
/**
 * Names: `message` (its fields), `key`, `now`, `today`.
 */
export interface StartFields {
  [k: string]: Expression;
}
/**
 * Names: `now` (the occurrence), `today` (its day there).
 */
export interface StartFields1 {
  [k: string]: Expression;
}
/**
 * Names: `record` and `old` (their fields and `id`), `now`, `today`.
 */
export interface StartFields2 {
  [k: string]: Expression;
}
/**
 * One person, or a pool of which one claims, does a piece of work and fills fields.
 */
export interface UserTask {
  id: StepId;
  kind: 'userTask';
  title: Text;
  stage?: Text3;
  guide?: Text4;
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
  pause?: Pause;
  on?: Handlers;
}
/**
 * A text people see, in both languages.
 */
export interface Text3 {
  'zh-CN': string;
  en: string;
}
/**
 * A text people see, in both languages.
 */
export interface Text4 {
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
   * The approver is the initiator: ask all the same, skip, or ask the head of their department instead.
   */
  whenInitiator?: 'keep' | 'skip' | 'head';
  /**
   * 审批人去重, of an approval: somebody asked has approved in this case before. Ask again, take it as approved where they approved in the step just before, or wherever they approved.
   */
  whenRepeated?: 'ask' | 'skipConsecutive' | 'skip';
  /**
   * Somebody named is on leave, or has a substitute: the substitute is asked, and without one the work goes where `whenEmpty` says; or it waits for them. Default: `substitute`; for the initiator `keep`. Who has left is never asked.
   */
  whenAbsent?: 'substitute' | 'keep';
  never?: Never1;
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
  /**
   * FEEL. Names are fields of the form, `initiator`, `outcomes.<step>`, `times.<step>` (how often people or due actions decided that step so far, in all rounds and items), `now` and `today`; inside forEach also the item and `index`.
   */
  when?: string;
  prepare?: Prepare;
}
/**
 * What a step may do with each field; a field not named is `read`.
 */
export interface Permissions1 {
  [k: string]: 'hidden' | 'read' | 'edit' | 'required';
}
/**
 * The budget of time for a task, what is said before and after, and what ends it. At least one of `in` and `at` (check refuses neither).
 */
export interface Due {
  in?: Duration;
  /**
   * FEEL. Names are fields of the form, `initiator`, `outcomes.<step>`, `times.<step>` (how often people or due actions decided that step so far, in all rounds and items), `now` and `today`; inside forEach also the item and `index`.
   */
  at?: string;
  /**
   * The time that `in`, reminders, delays of end actions and the longest pause are counted in.
   */
  calendar?: string;
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
   * What happens at the due time, or so long `after` it. Of several, those at the same moment go in the order of the list; nothing may follow one that ends the task.
   */
  then?: DueAction | DueAction[];
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
  /**
   * Asking the holders to hurry; how soon and how often.
   */
  urge?:
    | boolean
    | {
        /**
         * Part of the time until it is due that must be used up first.
         */
        after?: number;
        /**
         * How often one person may urge the case in 24 hours.
         */
        perDay?: number;
      };
  /**
   * Let somebody else work on it and get it back.
   */
  delegate?: boolean;
  /**
   * Of an approval: ask more people, before or after oneself.
   */
  addSigners?: boolean;
  /**
   * Whoever decided may take it back while nobody has gone on.
   */
  takeBack?: boolean;
  /**
   * 沟通: ask colleagues a question on the task without giving it away.
   */
  ask?: boolean;
}
/**
 * Whoever holds the task may stop its clock while waiting for something outside (parts, the other party), with a reason, until a moment at most `max` away; it goes on then, or when somebody resumes. Reminders, due time and end actions move by the time it stood.
 */
export interface Pause {
  max: Duration;
  /**
   * Whom this work may wait for; all when not given. The time that it stands is counted as theirs.
   *
   * @minItems 1
   */
  waitingFor?: Party[];
  label?: Text5;
  /**
   * Reasons offered; another may be written.
   *
   * @minItems 1
   * @maxItems 9
   */
  reasons?: Text[];
}
/**
 * A text people see, in both languages.
 */
export interface Text5 {
  'zh-CN': string;
  en: string;
}
/**
 * Field → property of the payload, written to the record with the event.
 */
export interface Output {
  [k: string]: string;
}
/**
 * Several people decide. `any`: the first decision counts (或签). `all`: all must approve, one rejection rejects (会签). `sequential`: the same, one after another (依次审批). `vote`: so much of the weight must approve (票签); over as soon as the result cannot change. Outcomes are `approved` and `rejected`.
 */
export interface Approval {
  id: StepId;
  kind: 'approval';
  title: Text;
  stage?: Text;
  guide?: Text;
  mode: 'any' | 'all' | 'sequential' | 'vote';
  vote?: Vote;
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
  pause?: Pause;
  on?: Handlers;
}
/**
 * Of the mode `vote`: what part of all votes must approve, and whose vote counts more.
 */
export interface Vote {
  /**
   * Parts of the whole weight that must approve: 2 `of` 3 for two thirds, exactly.
   */
  part: number;
  of: number;
  /**
   * Person → weight of the vote; 1 for who is not named.
   */
  weights?: {
    [k: string]: number;
  };
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
   * When a return crosses it and the case comes by once more (protocol.md rule 22). `run`: it runs again; what it did is undone first where it has `compensate`. `skip`: what it did stays. Needed unless there is `compensate`, which means `run`.
   */
  again?: 'run' | 'skip';
  compensate?: Compensate;
  on?: Handlers;
}
/**
 * Undoes what the step has done: when a return crosses it (before the target opens), when the case is cancelled or withdrawn, and when it succeeds late, after its branch was closed. Of several steps the last is undone first. A compensation that fails is an incident, which an operator retries or skips.
 */
export interface Compensate {
  activity: string;
  /**
   * Property of the activity's input → FEEL over the record; `effect.input` and `effect.output` are what the step's own activity was given and answered.
   */
  input?: {
    [k: string]: Expression;
  };
}
/**
 * The first branch whose condition is true; `otherwise` when none is. Without `otherwise` the step then waits with an incident, and a retry asks the conditions again (BPMN’s gateway without a default flow).
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
  otherwise?: {
    title?: Text;
    steps: Sequence;
  };
}
/**
 * Every branch whose condition is true, at the same time; `otherwise` when none is, and without it an incident as of `exclusive`. Goes on when those that were begun have come to the join, as `join` says.
 */
export interface Inclusive {
  id: StepId;
  kind: 'inclusive';
  title: Text;
  /**
   * @minItems 1
   * @maxItems 20
   */
  branches: {
    title: Text;
    when: Expression;
    steps: Sequence;
  }[];
  otherwise?: {
    title?: Text;
    steps: Sequence;
  };
  /**
   * How many branches must come to the join: those that were begun and have not ended by `ends: token` (`inclusive`, BPMN’s inclusive gateway); `all`, so that a branch whose condition was false is waited for without end (its parallel gateway); or so many.
   */
  join?: ('inclusive' | 'all') | number;
  on?: Handlers;
}
/**
 * All branches at the same time. Goes on when `join` of them are done; what the others still had open is then cancelled. A branch that ended by `ends: token` never comes to the join: where too few are left to come, the step waits with an incident until somebody skips it, begins those branches again by a retry or moves the case; where none has come, the branch around it ends in the same way. Of one branch alone its handlers stand around what is in it, such as a sub-process: what they begin beside does not hold that up (BPMN’s boundary events of a sub-process).
 */
export interface Parallel {
  id: StepId;
  kind: 'parallel';
  title: Text;
  /**
   * @minItems 1
   * @maxItems 20
   */
  branches: {
    title: Text;
    steps: Sequence;
  }[];
  /**
   * How many branches must come to the join: `all` of them (BPMN’s parallel gateway), `any` one, or so many (its complex gateway). `inclusive`: those that have not ended by `ends: token` (its inclusive gateway).
   */
  join?: ('all' | 'any' | 'inclusive') | number;
  on?: Handlers;
}
/**
 * Does its steps again and again until the condition is true after a round, at most `max` times.
 */
export interface Loop {
  id: StepId;
  kind: 'loop';
  title: Text;
  steps: Sequence;
  /**
   * FEEL. Names are fields of the form, `initiator`, `outcomes.<step>`, `times.<step>` (how often people or due actions decided that step so far, in all rounds and items), `now` and `today`; inside forEach also the item and `index`.
   */
  until: string;
  /**
   * Rounds at most.
   */
  max: number;
  on?: Handlers;
}
/**
 * Does its steps once for each item of a list (BPMN's multi-instance activity). The list is read once, when the step opens: later rows do not join, an item whose row is deleted is cancelled, an empty list is done at once. Of a sub-table whose rows are the items, a human step inside shows and writes the row of its item alone. Expressions and people rules inside see the item under its name, and its place in the list as `index`, from 1. `end` with `ends: branch` ends the item. At most 20,000 items.
 */
export interface ForEach {
  id: StepId;
  kind: 'forEach';
  title: Text;
  /**
   * FEEL. Names are fields of the form, `initiator`, `outcomes.<step>`, `times.<step>` (how often people or due actions decided that step so far, in all rounds and items), `now` and `today`; inside forEach also the item and `index`.
   */
  list: string;
  /**
   * A property of the form's schema.
   */
  as: string;
  /**
   * A property of the form's schema.
   */
  label?: string;
  /**
   * All at the same time, or one after another in the order of the list.
   */
  mode?: 'parallel' | 'sequential';
  /**
   * Parallel: so many items are begun at the same time; the next begins as soon as one is done.
   */
  atOnce?: number;
  /**
   * FEEL. Names are fields of the form, `initiator`, `outcomes.<step>`, `times.<step>` (how often people or due actions decided that step so far, in all rounds and items), `now` and `today`; inside forEach also the item and `index`.
   */
  until?: string;
  steps: Sequence;
  on?: Handlers;
}
/**
 * Waits: so long (`in`), or until a moment (`at`). Exactly one of them (check refuses neither and both).
 */
export interface Timer {
  id: StepId;
  kind: 'timer';
  title: Text;
  stage?: Text6;
  in?: Duration;
  /**
   * FEEL. Names are fields of the form, `initiator`, `outcomes.<step>`, `times.<step>` (how often people or due actions decided that step so far, in all rounds and items), `now` and `today`; inside forEach also the item and `index`.
   */
  at?: string;
  /**
   * The time that `in` is counted in.
   */
  calendar?: string;
  on?: Handlers;
}
/**
 * A text people see, in both languages.
 */
export interface Text6 {
  'zh-CN': string;
  en: string;
}
/**
 * Waits for a message that names this case by its correlation key. One that nobody waits for is kept for a person to see.
 */
export interface Receive {
  id: StepId;
  kind: 'receive';
  title: Text;
  stage?: Text7;
  /**
   * Name of the message.
   */
  message: string;
  /**
   * FEEL. Names are fields of the form, `initiator`, `outcomes.<step>`, `times.<step>` (how often people or due actions decided that step so far, in all rounds and items), `now` and `today`; inside forEach also the item and `index`.
   */
  key: string;
  /**
   * Takes a message that was sent before the step opened (protocol.md rule 25).
   */
  early?: boolean;
  output?: Output;
  on?: Handlers;
}
/**
 * A text people see, in both languages.
 */
export interface Text7 {
  'zh-CN': string;
  en: string;
}
/**
 * Waits for several things; the first that happens decides which branch is gone, the others are waited for no more (BPMN’s event-based gateway; with one branch its catch event of a signal or a condition).
 */
export interface Race {
  id: StepId;
  kind: 'race';
  title: Text;
  stage?: Text8;
  /**
   * @minItems 1
   * @maxItems 20
   */
  branches: {
    title: Text;
    wait: Wait;
    steps: Sequence;
  }[];
  on?: Handlers;
}
/**
 * A text people see, in both languages.
 */
export interface Text8 {
  'zh-CN': string;
  en: string;
}
/**
 * Property of the payload → FEEL over the record, evaluated outside the engine.
 */
export interface Input {
  [k: string]: Expression;
}
/**
 * Starts a case of another flow (or of this one) and waits until it is over, or goes on at once. The case runs on the version that is published at that moment; its initiator and community are this case's. One for each item of a list: inside a forEach. When the step is closed while it waits (by a return, an interrupting handler, a lost race, the end of the case) the case it waits for is cancelled. While this case is suspended the other goes on: what its end gives is written, and what follows waits. An error that nobody in that case catches, and its being withdrawn or cancelled (as the error `cancelled`), goes to the nearest `error` handler around the step, without one it is an incident; an escalation that nobody there catches goes to the nearest `escalation` handler. At most 20 cases deep.
 */
export interface CallActivity {
  id: StepId;
  kind: 'callActivity';
  title: Text;
  stage?: Text9;
  /**
   * Key of the flow; or `{ "expression": … }`, FEEL that gives it when the step opens: whether there is such a flow, and whether it takes what it is given, is known only then.
   */
  flow:
    | Key
    | {
        expression: Expression;
      };
  /**
   * Field of the case that is started → FEEL over the record, at the revision that caused it.
   */
  input?: {
    [k: string]: Expression;
  };
  /**
   * Whether the step waits until that case is over.
   */
  wait?: boolean;
  /**
   * Of a step that waits: field → FEEL over the record of that case as it ended, with `outcome` for what it came to and `number` for its number. Written also where it ended with an error.
   */
  output?: {
    [k: string]: Expression;
  };
  /**
   * When a return crosses it and the case comes by once more: another case is started, or what the one before did stays.
   */
  again: 'run' | 'skip';
  on?: Handlers;
}
/**
 * A text people see, in both languages.
 */
export interface Text9 {
  'zh-CN': string;
  en: string;
}
/**
 * Steps that are a scope of their own: what its handlers catch concerns all of them, and it is done when its steps and the branches that its handlers began beside them are. An interrupting handler closes the steps, and its branch takes their place.
 */
export interface SubProcess {
  id: StepId;
  kind: 'subProcess';
  title: Text;
  steps: Sequence;
  on?: Handlers;
}
/**
 * Goes on at a named step of a sequence that encloses it, before or after. Cannot leave a branch that runs beside others. Taken more than 100 times within an hour with nobody acting, nothing coming in and no timer in between, it stops with an incident.
 */
export interface Jump {
  id: StepId;
  kind: 'jump';
  title?: Text;
  to: StepId;
}
/**
 * Ends the case here with an outcome, or only the branch or the scope it stands in, or ends with an error.
 */
export interface End {
  id: StepId;
  kind: 'end';
  title?: Text;
  /**
   * What the case, branch or scope came to; of `error` its code.
   */
  outcome: string;
  /**
   * `case`: whatever else is open is cancelled (BPMN’s terminate end event). `branch`: the branch of the parallel, inclusive or forEach around it is done, else the sequence of the sub-process, the handler or the flow; what runs beside goes on. `token`: ends the same, but what joins the branches does not count the one that ended here (BPMN’s plain end event in front of a join). `scope`: the sub-process, or the branch of the handler, around it is done and whatever else is open in it is cancelled. `error`: goes to the nearest `error` handler around it; without one it is an incident.
   */
  ends?: 'case' | 'branch' | 'token' | 'scope' | 'error';
}
