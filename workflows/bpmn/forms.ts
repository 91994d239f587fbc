/** Forms as vendors write them: fields of the record that a step shows, may write or demands, and the form type itself by its key. */
import type { Permissions } from '../engine/flow.gen.ts';
import { elementsIn, undescribed, vendorAttribute, vendorElements, type Element } from './element.ts';
import type { Node } from './graph.ts';
import { expressionIn } from './juel.ts';
import { toField, toKey } from './names.ts';

type Permission = Permissions[string];

/** Fields by name; empty: the element names none. */
export function permissionsOf(element: Element): Permissions {
  const properties = vendorElements(element, 'formProperty');
  const fields = vendorElements(element, 'formData').flatMap((form) => childrenOf(form, 'formField'));
  const all = [...properties.map(ofProperty), ...fields.map(ofField)];
  return Object.fromEntries(all.flatMap((each) => each ?? []));
}

function ofProperty(element: Element): [string, Permission][] | null {
  const id = undescribed(element, 'id');
  if (id === undefined) return null;
  const isFixed = undescribed(element, 'writable') === 'false';
  return [[toField(id), isFixed ? 'read' : demanded(undescribed(element, 'required') === 'true')]];
}

function ofField(element: Element): [string, Permission][] | null {
  const id = undescribed(element, 'id');
  if (id === undefined) return null;
  const rules = childrenOf(element, 'validation')
    .flatMap((validation) => childrenOf(validation, 'constraint'))
    .map((constraint) => undescribed(constraint, 'name'));
  return [[toField(id), rules.includes('readonly') ? 'read' : demanded(rules.includes('required'))]];
}

function demanded(isRequired: boolean): Permission {
  return isRequired ? 'required' : 'edit';
}

/** Elements that the reader has no description of hold each other as plain children. */
function childrenOf(element: Element, name: string): Element[] {
  return elementsIn(element, '$children').filter(({ $type }) => $type.endsWith(`:${name}`));
}

/** Key of the form that the start, or else the first task, names; undefined: none does, or by an expression. */
export function formOf(nodes: readonly Node[]): string | undefined {
  const named = [...nodes.filter(({ type }) => type === 'startEvent'), ...nodes].flatMap(({ element }) => {
    const text = vendorAttribute(element, 'formKey') ?? vendorAttribute(element, 'formRef');
    return text === undefined || expressionIn(text) !== null ? [] : [text];
  });
  // `embedded:app:forms/leave.html` is the form `leave`.
  const name = named[0]
    ?.split(/[/:]/)
    .at(-1)
    ?.replace(/\.\w+$/, '');
  return name === undefined || name === '' ? undefined : toKey(name, 'form');
}
