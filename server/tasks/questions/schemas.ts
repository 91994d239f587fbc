/** 沟通 in the API: a question on a task, to colleagues, that decides nothing. */
import { Type } from 'typebox';
import { Instant, nullable, page, PersonRef, Text, Uuid } from '../../schema.ts';

export const Question = Type.Object(
  {
    id: Uuid,
    caseId: Uuid,
    taskId: Type.String(),
    askedBy: PersonRef,
    body: Type.String(),
    askedAt: Instant,
    open: Type.Boolean({ description: 'Neither ended nor its task closed: it may be answered.' }),
    people: Type.Array(
      Type.Object(
        { person: PersonRef, answer: nullable(Type.String()), answeredAt: nullable(Instant) },
        { title: 'AskedPerson' },
      ),
    ),
  },
  { title: 'Question' },
);
export const QuestionList = Type.Object({ items: Type.Array(Question) }, { title: 'QuestionList' });
/** A question that waits for the reader. */
export const WaitingQuestion = Type.Object(
  {
    id: Uuid,
    caseId: Uuid,
    caseNumber: Type.String(),
    caseTitle: Type.String(),
    flowTitle: Text,
    step: Text,
    askedBy: PersonRef,
    body: Type.String(),
    askedAt: Instant,
  },
  { title: 'WaitingQuestion' },
);
export const WaitingQuestions = page('WaitingQuestions', WaitingQuestion);
export const AskBody = Type.Object(
  {
    persons: Type.Array(Uuid, { minItems: 1, maxItems: 20, uniqueItems: true }),
    body: Type.String({ minLength: 1, maxLength: 4000 }),
    assignment: Type.Integer({ minimum: 0 }),
  },
  { title: 'AskBody', additionalProperties: false },
);
export const AnswerBody = Type.Object(
  { body: Type.String({ minLength: 1, maxLength: 4000 }) },
  { title: 'AnswerBody', additionalProperties: false },
);
