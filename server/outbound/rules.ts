/**
 * content/notices: which kind of notification goes through which channel to whom, in which words. Checked as a whole, and put where the
 * trigger that writes the messages reads it. Runs at every start; what the file no longer has is gone.
 */
import { Compile } from 'typebox/compile';
import { Type, type Static } from 'typebox';
import { toColumn } from '../../forms/names.ts';
import type { Db } from '../db/as.ts';
import { Text } from '../schema.ts';

const Clock = Type.String({ pattern: '^([01]\\d|2[0-3]):[0-5]\\d$' });
const To = Type.Array(Type.Enum(['staff', 'resident']), { minItems: 1, uniqueItems: true });
const closed = { additionalProperties: false };

const Kind = Type.Object(
  {
    /** What the profile and the outbox call it. */
    title: Text,
    /** Nobody can decline it. */
    required: Type.Optional(Type.Boolean()),
    /** Heeds no quiet hours, whatever the case. */
    urgent: Type.Optional(Type.Boolean()),
    /** Words inside the product, for what a flow tells with a key of its own. */
    inApp: Type.Optional(Text),
    mail: Type.Optional(Type.Object({ to: To, subject: Text, text: Text }, closed)),
    sms: Type.Optional(Type.Object({ to: To, text: Text }, closed)),
  },
  closed,
);
export const NoticeContent = Type.Object(
  {
    quietHours: Type.Object({ sms: Type.Object({ from: Clock, to: Clock }, closed) }, closed),
    emergencies: Type.Array(
      Type.Object({ form: Type.String(), field: Type.String(), values: Type.Array(Type.String()) }, closed),
    ),
    kinds: Type.Record(Type.String({ pattern: '^[a-z][a-z0-9_]{0,59}$' }), Kind),
  },
  closed,
);
type NoticeContent = Static<typeof NoticeContent>;

const check = Compile(NoticeContent);

/** @throws Error naming what is wrong */
export async function loadNotices(adminDb: Db, content: unknown): Promise<void> {
  if (!check.Check(content)) {
    const said = check.Errors(content).map(({ instancePath, message }) => `${instancePath} ${message}`);
    throw new Error(`content/notices: ${said.join('; ')}`);
  }
  const rules = rulesOf(content);
  const emergencies = emergenciesOf(content);
  await adminDb.transaction().execute(async (tx) => {
    // Several processes start at once; each writes the same.
    await tx.deleteFrom('notice_rule').execute();
    await tx.deleteFrom('notice_emergency').execute();
    await tx
      .insertInto('notice_rule')
      .values(rules)
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    if (emergencies.length > 0)
      await tx
        .insertInto('notice_emergency')
        .values(emergencies)
        .onConflict((conflict) => conflict.doNothing())
        .execute();
  });
}

function rulesOf({ kinds, quietHours }: NoticeContent) {
  return Object.entries(kinds).flatMap(([kind, { required = false, urgent = false, mail, sms }]) => {
    const common = { kind, required, urgent };
    const none = { quiet_from: null, quiet_to: null };
    const quiet = { quiet_from: quietHours.sms.from, quiet_to: quietHours.sms.to };
    return [
      ...(mail === undefined
        ? []
        : [{ ...common, ...none, ...wordsOf(mail), channel: 'mail' as const, subject: JSON.stringify(mail.subject) }]),
      ...(sms === undefined ? [] : [{ ...common, ...quiet, ...wordsOf(sms), channel: 'sms' as const, subject: null }]),
    ];
  });
}

function wordsOf({ to, text }: { to: string[]; text: Static<typeof Text> }) {
  return { audience: to, text: JSON.stringify(text) };
}

function emergenciesOf({ emergencies }: NoticeContent) {
  return emergencies.flatMap(({ form, field, values }) =>
    values.map((value) => ({ form, table_name: toColumn(form), column_name: toColumn(field), value })),
  );
}
