/** What the generator gives: rows of register form types, ready for the record tables, and the people who can sign in. */
export interface Row {
  id: string;
  fields: Record<string, unknown>;
}

export interface Account {
  personId: string;
  username: string;
  name: string;
  partyId: string | null;
  employeeId: string | null;
  roles: { role: string; everywhere: boolean }[];
}

export interface DemoCommunity {
  communityId: string;
  /** In an order in which every reference points backwards. */
  registers: { form: string; rows: Row[] }[];
  accounts: Account[];
}
