/** What whoever was asked by a flow says when it calls back. */
import { Type } from 'typebox';

export const CallbackParams = Type.Object({
  token: Type.String({ minLength: 1, maxLength: 100, description: 'As in the address that the request brought.' }),
});
export const CallbackBody = Type.Record(Type.String(), Type.Unknown(), {
  title: 'CallbackBody',
  description: 'A JSON object of at most 64 kB with what the step of the flow expects.',
});
export const CallbackTaken = Type.Object(
  { state: Type.Literal('received', { description: 'It is kept; the case goes on with it.' }) },
  { title: 'CallbackTaken' },
);
