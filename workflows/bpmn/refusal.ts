/** Why a BPMN file, or an element of it, cannot be taken over. A file with one refusal is not taken over at all. */

export const REFUSAL_CODES = [
  'xml_too_large',
  'xml_too_deep',
  'xml_entities',
  'xml_invalid',
  'no_process',
  'element_unknown',
  'event_unknown',
  'not_block_structured',
  'loop_out_of_parallel',
  'join_never_fires',
  'inclusive_partly_joined',
  'too_many_copies',
  'too_many_elements',
  'expression_unknown',
  'duration_unknown',
  'reference_missing',
  'called_missing',
  'flow_invalid',
] as const;
export type RefusalCode = (typeof REFUSAL_CODES)[number];

export interface ImportRefusal {
  code: RefusalCode;
  /** Id of the element; null: the file as a whole. */
  element: string | null;
  /** Of its start tag, from 1; null where it has none of its own. */
  line: number | null;
  /** A sentence for whoever reads a terminal. */
  reason: string;
}

/** What people wrote may be of any length. */
const LONGEST_REASON = 400;

/** Thrown where an element cannot be taken over; whoever takes the file over collects them. */
export class Refused extends Error {
  readonly code: RefusalCode;
  readonly element: string | null;
  /** Null: that of the element. */
  readonly line: number | null;

  constructor(code: RefusalCode, element: string | null, reason: string, line: number | null = null) {
    super(reason.length > LONGEST_REASON ? `${reason.slice(0, LONGEST_REASON)}…` : reason);
    this.code = code;
    this.element = element;
    this.line = line;
  }
}
