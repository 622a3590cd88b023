; Inno Setup 6 script for a per-user installer. NOT RUN: no Windows machine was at hand when it was written.
; The workflow calls: iscc /DVersion=0.1.0 build_spec\windows\alldetect.iss     (after the bundle was built)
#ifndef Version
  #error Give the version from pyproject.toml: iscc /DVersion=...
#endif

[Setup]
AppId={{7C0B6C0E-6E6C-4C55-9B0D-3C0C7C8D2A41}
AppName=AllDetect
AppVersion={#Version}
AppPublisher=The AllDetect authors
DefaultDirName={localappdata}\Programs\AllDetect
DefaultGroupName=AllDetect
DisableProgramGroupPage=yes
PrivilegesRequired=lowest
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
LicenseFile=..\..\LICENSE
OutputDir=..\..\dist
OutputBaseFilename=alldetect-{#Version}-windows-setup
SetupIconFile=..\icons\alldetect.ico
UninstallDisplayIcon={app}\alldetect-gui.exe
Compression=lzma2
SolidCompression=yes
WizardStyle=modern

[Files]
Source: "..\..\dist\alldetect\*"; DestDir: "{app}"; Flags: recursesubdirs createallsubdirs ignoreversion

[InstallDelete]
Type: filesandordirs; Name: "{app}\lib"

[Icons]
Name: "{group}\AllDetect"; Filename: "{app}\alldetect-gui.exe"
Name: "{userdesktop}\AllDetect"; Filename: "{app}\alldetect-gui.exe"; Tasks: desktopicon

[Tasks]
Name: desktopicon; Description: "{cm:CreateDesktopIcon}"; Flags: unchecked

[Run]
Filename: "{app}\alldetect-gui.exe"; Description: "{cm:LaunchProgram,AllDetect}"; Flags: nowait postinstall skipifsilent
