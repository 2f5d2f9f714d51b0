<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en_US">
    <context>
        <name>Format</name>
        <message numerus="yes">
            <source>%Ln row(s)</source>
            <translation>
                <numerusform>%Ln row</numerusform>
                <numerusform>%Ln rows</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%Ln token(s)</source>
            <translation>
                <numerusform>%Ln token</numerusform>
                <numerusform>%Ln tokens</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%Ln step(s)</source>
            <translation>
                <numerusform>%Ln step</numerusform>
                <numerusform>%Ln steps</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>DataPanel</name>
        <message numerus="yes">
            <source>%n label(s) are learned</source>
            <translation>
                <numerusform>%n label is learned</numerusform>
                <numerusform>%n labels are learned</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>PromptPanel</name>
        <message numerus="yes">
            <source>%n virtual token(s): one for each token of the text</source>
            <translation>
                <numerusform>%n virtual token: one for each token of the text</numerusform>
                <numerusform>%n virtual tokens: one for each token of the text</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n virtual token(s), %1</source>
            <translation>
                <numerusform>%n virtual token, %1</numerusform>
                <numerusform>%n virtual tokens, %1</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>StatusLine</name>
        <message numerus="yes">
            <source>Training %n virtual token(s) for %1 on %2. Stop at any time.</source>
            <translation>
                <numerusform>Training %n virtual token for %1 on %2. Stop at any time.</numerusform>
                <numerusform>Training %n virtual tokens for %1 on %2. Stop at any time.</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source> (and %n more)</source>
            <translation>
                <numerusform> (and %n more)</numerusform>
                <numerusform> (and %n more)</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>TokenFlow</name>
        <message numerus="yes">
            <source>%n more token(s)</source>
            <translation>
                <numerusform>%n more token</numerusform>
                <numerusform>%n more tokens</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>Workspace</name>
        <message numerus="yes">
            <source>Stopped after %n step(s); %1: %2.</source>
            <translation>
                <numerusform>Stopped after %n step; %1: %2.</numerusform>
                <numerusform>Stopped after %n steps; %1: %2.</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>Finished after %n step(s); %1: %2.</source>
            <translation>
                <numerusform>Finished after %n step; %1: %2.</numerusform>
                <numerusform>Finished after %n steps; %1: %2.</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>ChangesButton</name>
        <message numerus="yes">
            <source>%n change(s)</source>
            <translation>
                <numerusform>%n change</numerusform>
                <numerusform>%n changes</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n change(s) since %1</source>
            <translation>
                <numerusform>%n change since %1</numerusform>
                <numerusform>%n changes since %1</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n change(s) for the next run</source>
            <translation>
                <numerusform>%n change for the next run</numerusform>
                <numerusform>%n changes for the next run</numerusform>
            </translation>
        </message>
    </context>
</TS>
