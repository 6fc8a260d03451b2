// A browser around WebKitGTK that WebDriver can start: `gjs -m browser.gjs [folder | --version]`. WebKit's own MiniBrowser forgets all that was
// stored once it is automated; this one keeps it in the folder. Without a folder it keeps nothing.
import GLib from 'gi://GLib';
import Gtk from 'gi://Gtk?version=3.0';
import System from 'system';
import WebKit2 from 'gi://WebKit2?version=4.1';

const [folder] = ARGV;
const version = [WebKit2.get_major_version(), WebKit2.get_minor_version(), WebKit2.get_micro_version()];
if (folder === '--version') {
  print(version.join('.'));
  System.exit(0);
}

Gtk.init(null);
const manager =
  folder === undefined
    ? WebKit2.WebsiteDataManager.new_ephemeral()
    : new WebKit2.WebsiteDataManager({
        base_data_directory: GLib.build_filenamev([folder, 'data']),
        base_cache_directory: GLib.build_filenamev([folder, 'cache']),
      });
const context = new WebKit2.WebContext({ website_data_manager: manager });
if (folder !== undefined) {
  const file = GLib.build_filenamev([folder, 'cookies.sqlite']);
  context.get_cookie_manager().set_persistent_storage(file, WebKit2.CookiePersistentStorage.SQLITE);
}

function openWindow() {
  const view = new WebKit2.WebView({ web_context: context, is_controlled_by_automation: true });
  const window = new Gtk.Window({ default_width: 1280, default_height: 720 });
  window.add(view);
  window.show_all();
  view.connect('close', () => window.destroy());
  return view;
}

context.set_automation_allowed(true);
context.connect('automation-started', (_, session) => {
  const info = new WebKit2.ApplicationInfo();
  info.set_name('WebKitGTK');
  info.set_version(...version);
  session.set_application_info(info);
  session.connect('will-close', () => Gtk.main_quit());
  for (const kind of ['window', 'tab']) session.connect(`create-web-view::${kind}`, openWindow);
});
Gtk.main();
