// Makes longma-<version>.vsix. A .vsix is a zip with a manifest, so a zip library does: the marketplace's own tool
// brings 285 packages for publishing and signing. The same files give the same bytes.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { zipSync } from "fflate";

const root = fileURLToPath(new URL("..", import.meta.url));
const read = (path) => readFileSync(root + path);
const manifest = JSON.parse(read("package.json"));
const words = JSON.parse(read("package.nls.json"));

const FILES = [
  "package.json",
  "package.nls.json",
  "package.nls.zh-cn.json",
  "README.md",
  "README.zh-CN.md",
  "language-configuration.json",
  "syntaxes/rhai.tmLanguage.json",
  "l10n/bundle.l10n.json",
  "l10n/bundle.l10n.zh-cn.json",
  "dist/extension.js",
  "dist/NOTICES.txt",
];

const TYPES = { json: "application/json", js: "application/javascript", md: "text/markdown", txt: "text/plain", vsixmanifest: "text/xml" };

const escaped = (text) => text.replace(/[&<>"]/g, (it) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[it]);
const filled = (text) => escaped(text.replace(/^%(.+)%$/, (_, key) => words[key]));

const identity = `Language="en-US" Id="${manifest.name}" Version="${manifest.version}" Publisher="${manifest.publisher}"`;
const vsixmanifest = `<?xml version="1.0" encoding="utf-8"?>
<PackageManifest Version="2.0.0" xmlns="http://schemas.microsoft.com/developer/vsx-schema/2011" xmlns:d="http://schemas.microsoft.com/developer/vsx-schema-design/2011">
  <Metadata>
    <Identity ${identity} />
    <DisplayName>${filled(manifest.displayName)}</DisplayName>
    <Description xml:space="preserve">${filled(manifest.description)}</Description>
    <Tags>rhai,Rhai,__ext_rhai</Tags>
    <Categories>${manifest.categories.join(",")}</Categories>
    <GalleryFlags>Public</GalleryFlags>
    <Properties>
      <Property Id="Microsoft.VisualStudio.Code.Engine" Value="${manifest.engines.vscode}" />
      <Property Id="Microsoft.VisualStudio.Code.ExtensionDependencies" Value="" />
      <Property Id="Microsoft.VisualStudio.Code.ExtensionPack" Value="" />
      <Property Id="Microsoft.VisualStudio.Code.ExtensionKind" Value="workspace" />
      <Property Id="Microsoft.VisualStudio.Code.LocalizedLanguages" Value="" />
      <Property Id="Microsoft.VisualStudio.Code.ExecutesCode" Value="true" />
    </Properties>
    <License>extension/LICENSE.txt</License>
  </Metadata>
  <Installation>
    <InstallationTarget Id="Microsoft.VisualStudio.Code" />
  </Installation>
  <Dependencies />
  <Assets>
    <Asset Type="Microsoft.VisualStudio.Code.Manifest" Path="extension/package.json" Addressable="true" />
    <Asset Type="Microsoft.VisualStudio.Services.Content.Details" Path="extension/README.md" Addressable="true" />
    <Asset Type="Microsoft.VisualStudio.Services.Content.License" Path="extension/LICENSE.txt" Addressable="true" />
  </Assets>
</PackageManifest>
`;
const defaults = Object.entries(TYPES).map(([extension, type]) => `<Default Extension=".${extension}" ContentType="${type}" />`);
const types = `<?xml version="1.0" encoding="utf-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">${defaults.join("")}</Types>
`;

const files = {
  "extension.vsixmanifest": Buffer.from(vsixmanifest),
  "[Content_Types].xml": Buffer.from(types),
  "extension/LICENSE.txt": read("../../LICENSE"),
};
for (const path of FILES) files[`extension/${path}`] = read(path);

// Zip keeps local times; this one is the same in every zone.
const zip = zipSync(files, { level: 9, mtime: new Date(1980, 0, 1) });
const name = `${manifest.name}-${manifest.version}.vsix`;
writeFileSync(root + name, zip);
console.log(`${name}: ${Object.keys(files).length} files, ${zip.length} bytes`);
