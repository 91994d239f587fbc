// What a picker offers: people, or records of a form type. Both answer pages of id and name.
import { api } from '#lib/api/client.ts';
import { localText } from '#lib/i18n/locale.ts';
import type { PersonPage, RecordOptionPage } from '#lib/api/types.gen.ts';
import type { FieldModel } from './model/types.ts';

export interface Candidate {
  id: string;
  label: string;
  note: string;
  person: boolean;
}

interface Ask {
  q: string;
  community: string | undefined;
  signal: AbortSignal;
}

export async function findCandidates(field: FieldModel, { q, community, signal }: Ask): Promise<Candidate[]> {
  if (field.widget === 'person') {
    const role = field.schema['x-role'] === undefined ? undefined : [field.schema['x-role']].flat().join(',');
    const page = await api.get<PersonPage>('/api/people', { q, role, community }, signal);
    return page.items.map((person) => ({
      id: person.id,
      label: person.name,
      note: [person.department, ...person.roles.map((role) => localText(role))].filter(Boolean).join(' · '),
      person: true,
    }));
  }
  const path = `/api/forms/${encodeURIComponent(field.target ?? '')}/records`;
  const page = await api.get<RecordOptionPage>(path, { q, community }, signal);
  return page.items.map(({ id, label }) => ({ id, label, note: '', person: false }));
}
