/** Parts of the input schemas that several activities share. */
export const formInput = {
  type: 'string',
  pattern: '^[a-z][a-zA-Z0-9]{0,23}$',
  description: 'Key of the form type.',
};
export const idInput = { type: 'string', format: 'uuid', description: 'Of the record.' };
