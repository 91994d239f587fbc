// As much of bpmn-moddle as is used here: its own types are not where its package says its code is.
declare module 'bpmn-moddle' {
  export class BpmnModdle {
    constructor(packages?: Record<string, object>);
    fromXML(xml: string): Promise<unknown>;
    toXML(element: object, options?: { format?: boolean }): Promise<{ xml: string }>;
    create(type: string, properties?: object): Record<string, unknown>;
    createAny(name: string, uri: string, properties?: object): Record<string, unknown>;
  }
}
