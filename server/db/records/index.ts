/** Records of any form type: read and written through its compiled form, in the transaction and as the role the caller chose. */
export { loadForm, type LoadedForm } from './form-store.ts';
export { insertRecord } from './insert.ts';
export { recordLabels, renderAll } from './labels.ts';
export { assertMayChange, deleteRecord, patchRecord } from './patch.ts';
export { toProblem, withProblems } from './problem.ts';
export { readRecord, type StoredRecord } from './read.ts';
export { tryPatch } from './try-patch.ts';
export { listRecords, type ListedRecord, type RecordSort } from './list.ts';
export type { RecordFilter, Sight } from './filter.ts';
export { findReferrers } from './referrers.ts';
