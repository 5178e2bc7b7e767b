import { definePage } from "../../lib/page";
definePage({ texts: "apply", view: () => ({}) });
