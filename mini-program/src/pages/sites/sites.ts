import { definePage } from "../../lib/page";
definePage({ texts: "sites", view: () => ({}) });
