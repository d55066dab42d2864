import { stripVTControlCharacters } from 'node:util';
import { XMLBuilder, XMLParser, XMLValidator } from 'fast-xml-parser';
import { escapeMarkup, plain } from './text';

/** An element of fast-xml-parser's ordered form: its name is the one key that is not `:@`. */
export type XmlNode = Record<string, unknown>;

const attributesKey = ':@';

/**
 * Entities are neither decoded nor encoded: what another tool wrote passes through untouched, and what is added here is
 * escaped as it is added. It also keeps long messages clear of the parser's limit of entity expansions.
 */
const options = {
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  processEntities: false,
  cdataPropName: '__cdata',
  commentPropName: '__comment',
} as const;

/** Parses a document, after removing the characters that XML 1.0 cannot hold; undefined if it is not well-formed. */
export function parseXml(text: string): XmlNode[] | undefined {
  const legal = withoutIllegalCharacters(text);
  if (XMLValidator.validate(legal) !== true) return undefined;
  const parser = new XMLParser({ ...options, parseTagValue: false, parseAttributeValue: false, trimValues: false });
  return withoutIndentation(parser.parse(legal) as XmlNode[]);
}

/** Writes a document, indented. */
export function buildXml(nodes: readonly XmlNode[]): string {
  // its successor is a package of its own, and one parser and builder that agree are worth more
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  const builder = new XMLBuilder({ ...options, format: true, suppressEmptyNode: true, suppressBooleanAttributes: false });
  return `${builder.build(nodes).trim()}\n`;
}

/** A new element; attributes are escaped here. */
export function element(name: string, attributes: Record<string, string>, children: XmlNode[] = []): XmlNode {
  const node: XmlNode = { [name]: children };
  for (const [key, value] of Object.entries(attributes)) setAttribute(node, key, value);
  return node;
}

/** A new text node. */
export function textNode(text: string): XmlNode {
  return { '#text': escapeMarkup(withoutIllegalCharacters(plain(text))).replaceAll('&#10;', '\n') };
}

export function nameOf(node: XmlNode): string {
  return Object.keys(node).find((key) => key !== attributesKey) ?? '';
}

export function childrenOf(node: XmlNode): XmlNode[] {
  const children = node[nameOf(node)];
  return Array.isArray(children) ? (children as XmlNode[]) : [];
}

export function childrenNamed(node: XmlNode, name: string): XmlNode[] {
  return childrenOf(node).filter((child) => nameOf(child) === name);
}

/** The attribute as it stands in the file, still escaped. */
export function attributeOf(node: XmlNode, key: string): string | undefined {
  return (node[attributesKey] as Record<string, string> | undefined)?.[key];
}

export function setAttribute(node: XmlNode, key: string, value: string): void {
  node[attributesKey] = { ...(node[attributesKey] as object | undefined), [key]: escapeMarkup(withoutIllegalCharacters(plain(value))) };
}

function withoutIllegalCharacters(text: string): string {
  return stripVTControlCharacters(text).replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '');
}

/** Drops the indentation, for it is written anew. */
function withoutIndentation(nodes: XmlNode[]): XmlNode[] {
  const kept = nodes.filter((node) => !(typeof node['#text'] === 'string' && node['#text'].trim() === ''));
  return kept.map((node) => {
    const children = node[nameOf(node)];
    return Array.isArray(children) ? { ...node, [nameOf(node)]: withoutIndentation(children as XmlNode[]) } : node;
  });
}
