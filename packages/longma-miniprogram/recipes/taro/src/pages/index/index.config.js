export default definePageConfig({ navigationBarTitleText: "陇码" });
