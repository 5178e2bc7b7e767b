import { definePage } from "../../lib/page";
definePage({ texts: "decision", view: () => ({}) });
