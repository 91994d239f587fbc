/** Every activity that a flow may name, by name. A new capability is a file and a line here. */
import { caseStart } from './case-start.ts';
import { httpCallback } from './http-callback.ts';
import { httpRequest } from './http-request.ts';
import { notify } from './notify.ts';
import { recordCreate } from './record-create.ts';
import { recordQuery } from './record-query.ts';
import { recordUpdate } from './record-update.ts';
import type { Activity } from './types.ts';

export type { Activity, StartedCase, StartWish } from './types.ts';

export const activities: ReadonlyMap<string, Activity> = new Map(
  [notify, httpRequest, httpCallback, caseStart, recordCreate, recordUpdate, recordQuery].map((activity) => [
    activity.name,
    activity,
  ]),
);
