/** Records of any form type: read and written through its compiled form, in the transaction and as the role the caller chose. */
export { loadForm, type LoadedForm } from './form-store.ts';
export { communityOf, insertRecord, type InsertedRecord, type NewRecord } from './insert.ts';
export { labelsOfForm, recordLabel, recordLabels, renderAll, type Labels } from './labels.ts';
export { allocateNumber, communityZone } from './numbers.ts';
export { deleteRecord, patchRecord, type RecordChange, type RecordPatch } from './patch.ts';
export { toProblem, withProblems } from './problem.ts';
export { findRecord, readRecord, type StoredRecord } from './read.ts';
export { tryPatch } from './try-patch.ts';
export { listRecords, type ListedRecord, type ListOptions, type PageEnd, type RecordSort } from './list.ts';
export type { RecordFilter } from './filter.ts';
export { findReferrers } from './referrers.ts';
