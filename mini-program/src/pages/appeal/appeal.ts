import { definePage } from "../../lib/page";
definePage({ texts: "appeal", view: () => ({}) });
