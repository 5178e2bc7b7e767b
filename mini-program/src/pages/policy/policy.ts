import { definePage } from "../../lib/page";
definePage({ texts: "policy", view: () => ({}) });
