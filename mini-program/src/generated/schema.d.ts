// Written by scripts/build.mjs from rules/schema/person.schema.json.
export interface SchemaNode {
  type?: string;
  format?: string;
  enum?: string[];
  description?: string;
  "x-zh-CN"?: string;
  pattern?: string;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  required?: string[];
  properties?: Record<string, SchemaNode>;
  items?: SchemaNode;
}
declare const schema: SchemaNode;
export = schema;
