// Invented persons, venues and sites, to try everything without a server. A province leaves this file out.
export { persons, sites, venues } from "longma-miniprogram/samples";
